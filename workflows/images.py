"""Images: built from Debian's packages or brought as a file, verified, kept by content."""

import fcntl
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from inventory import declared, images, machines
from jiyun import canonical
from jiyun.errors import Exit, kind
from jiyun.store import Row, Tx
from provisioners.codec import from_plain, to_plain
from provisioners.images.cache import ImageCache
from provisioners.problems import CHECKSUM
from provisioners.spec import HostSpec, ImageSpec, PoolSpec
from tenants import authority
from workflows.hosts import OpenHost, open_host
from workflows.planning import decode_machine
from workflows.progress import Progress
from workflows.session import Session
from workflows.transactions import rehearse

WRONG_ORIGIN = kind(
    "image.origin",
    Exit.CONFLICT,
    en="Image {name} is declared to come from {origin}; bring its content by `jiyun image {command}`.",
    zh="镜像 {name} 声明的来源为 {origin}；请用 `jiyun image {command}` 提供其内容。",
)


def build(session: Session, name: str, progress: Progress) -> ImageSpec:
    """Build a declared image of kind ``debian`` or ``tiny``; its content replaces the earlier one for new orders."""
    declared_as = require_built(session, name)
    cache = ImageCache(session.image_folder)
    with _workspace(session, name) as work:
        if declared_as["kind"] == "tiny":
            from provisioners.images.tiny import build_tiny

            spec = build_tiny(cache, work, progress.say)
        else:
            from provisioners.images.debian import build_debian12

            spec = build_debian12(cache, work, progress.say)
    return _keep(session, name, spec)


def require_built(session: Session, name: str) -> Row:
    """The declaration of an image that the actor may build; all that ``build --dry-run`` looks at."""
    declared_as = _declared(session, name)
    if declared_as["origin"] != "build":
        raise WRONG_ORIGIN(name=name, origin=declared_as["origin"], command="import")
    return declared_as


def rehearse_bring(session: Session, name: str, file: Path, sha256: str) -> ImageSpec:
    """All that :func:`bring` checks, on a copy of the file that is thrown away."""
    session.home.mkdir(mode=0o700, exist_ok=True)
    with TemporaryDirectory(prefix="import-", dir=session.home) as folder:
        return _import(session, ImageCache(Path(folder)), name, file, sha256)


def bring(session: Session, name: str, file: Path, sha256: str) -> ImageSpec:
    """Import a disk file whose SHA-256 is known beforehand; it is the one that the estate file states, if it states one."""
    return _keep(session, name, _import(session, ImageCache(session.image_folder), name, file, sha256))


def _import(session: Session, cache: ImageCache, name: str, file: Path, sha256: str) -> ImageSpec:
    from provisioners.images.importing import import_disk

    declared_as = _declared(session, name)
    if declared_as["origin"] == "build":
        raise WRONG_ORIGIN(name=name, origin="build", command="build")
    known = cache.has(sha256.lower())
    spec = import_disk(cache, file, sha256, name)
    if declared_as["sha256"] not in ("", sha256.lower()):
        if not known:
            cache.drop(spec.parts[0])
        raise CHECKSUM(file=str(file), actual=sha256.lower(), expected=declared_as["sha256"])
    return spec


def adopt(session: Session, name: str, spec: ImageSpec) -> ImageSpec:
    """Take content that lies in the cache already, such as an earlier build of the same recipe; verified first."""
    _declared(session, name)
    cache = ImageCache(session.image_folder)
    for part in spec.parts:
        cache.verify(part)
    return _keep(session, name, spec)


def remove(session: Session, name: str, *, dry_run: bool = False, opening: OpenHost = open_host) -> str:
    """Remove an image's content from the store, the hosts' pools and the cache; refused while a machine uses it.

    The store decides first: from then on no new order can ask for the image.  Its digest is returned.
    """
    with rehearse(session, keep=not dry_run) as tx:
        authority.require(tx, "image.change")
        row = images.remove_content(tx, name)
        kept = _parts_in_use(tx)
        hosts = {host["name"]: host for host in declared.hosts(tx) if host["probed_at"]}
        pools = declared.pools(tx)
    spec = from_plain(ImageSpec, json.loads(row["spec"]))
    parts = [] if dry_run else [part for part in spec.parts if part.sha256 not in kept]
    if not parts:
        return spec.digest
    for pool in pools:
        if pool["host"] in hosts:
            with opening(HostSpec(pool["host"], hosts[pool["host"]]["uri"])) as host:
                for part in parts:
                    host.remove_image_part(PoolSpec(pool["name"], pool["path"]), part)
    cache = ImageCache(session.image_folder)
    for part in parts:
        cache.drop(part)
    return spec.digest


def _parts_in_use(tx: Tx) -> set[str]:
    """The files that other images or live machines stand on: a kernel may serve several images."""
    specs = [from_plain(ImageSpec, json.loads(row["spec"])) for row in images.images(tx) if row["spec"]]
    specs += [decode_machine(row["spec"]).image for row in machines.live_specs(tx)]
    return {part.sha256 for spec in specs for part in spec.parts}


def listed(session: Session) -> list[Row]:
    """Every declared image with what it holds."""
    with session.read() as tx:
        authority.require(tx, "image.read")
        return images.images(tx)


def _declared(session: Session, name: str) -> Row:
    with session.read() as tx:
        authority.require(tx, "image.change")
        return images.image(tx, name)


def _keep(session: Session, name: str, spec: ImageSpec) -> ImageSpec:
    with session.write() as tx:
        images.add_content(tx, name, spec.digest, canonical.encode(to_plain(spec)))
    return spec


@contextmanager
def _workspace(session: Session, name: str) -> Iterator[Path]:
    """A folder name for one build at a time; what a killed build left there is removed first."""
    folder = session.home / "builds"
    folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        shutil.rmtree(folder / name, ignore_errors=True)
        yield folder / name
