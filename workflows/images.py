"""Images: built from Debian's packages or brought as a file, verified, kept by content."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from inventory import images
from jiyun import canonical
from jiyun.store import Row
from provisioners.codec import to_plain
from provisioners.images.cache import ImageCache
from provisioners.spec import ImageSpec
from tenants import authority
from workflows.progress import Progress
from workflows.session import Session
from workflows.transactions import rehearse


def build(session: Session, name: str, progress: Progress) -> ImageSpec:
    """Build a declared image of kind ``debian`` or ``tiny``; its content replaces the earlier one for new orders."""
    kind = _kind(session, name)
    cache = ImageCache(session.image_folder)
    with _workspace(session) as work:
        if kind == "tiny":
            from provisioners.images.tiny import build_tiny

            spec = build_tiny(cache, work, progress.say)
        else:
            from provisioners.images.debian import build_debian12

            spec = build_debian12(cache, work, progress.say)
    return _keep(session, name, spec)


def bring(session: Session, name: str, file: Path, sha256: str) -> ImageSpec:
    """Import a disk file whose SHA-256 is known beforehand."""
    from provisioners.images.importing import import_disk

    _kind(session, name)
    return _keep(session, name, import_disk(ImageCache(session.image_folder), file, sha256, name))


def adopt(session: Session, name: str, spec: ImageSpec) -> ImageSpec:
    """Take content that lies in the cache already, such as an earlier build of the same recipe; verified first."""
    _kind(session, name)
    cache = ImageCache(session.image_folder)
    for part in spec.parts:
        cache.verify(part)
    return _keep(session, name, spec)


def remove(session: Session, name: str, *, dry_run: bool = False) -> str:
    """Remove an image's content, from the store and from the cache; refused while a machine uses it.  Its digest."""
    import json

    from provisioners.codec import from_plain

    with rehearse(session, keep=not dry_run) as tx:
        authority.require(tx, "image.change")
        row = images.remove_content(tx, name)
        still = {other["digest"] for other in images.images(tx) if other["digest"]}
    spec = from_plain(ImageSpec, json.loads(row["spec"]))
    if spec.digest not in still and not dry_run:
        cache = ImageCache(session.image_folder)
        for part in spec.parts:
            cache.drop(part)
    return spec.digest


def listed(session: Session) -> list[Row]:
    """Every declared image with what it holds."""
    with session.read() as tx:
        authority.require(tx, "image.read")
        return images.images(tx)


def _kind(session: Session, name: str) -> str:
    with session.read() as tx:
        authority.require(tx, "image.change")
        return str(images.image(tx, name)["kind"])


def _keep(session: Session, name: str, spec: ImageSpec) -> ImageSpec:
    with session.write() as tx:
        images.add_content(tx, name, spec.digest, canonical.encode(to_plain(spec)))
    return spec


@contextmanager
def _workspace(session: Session) -> Iterator[Path]:
    session.image_folder.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix="build-", dir=session.image_folder))
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)
