"""``python -m lab.dev.images FOLDER [tiny] [debian]``: guest images for tests, built once by the real builders.

Inside the lab there is no way to a package source, so images are made before it is entered.  They are kept between
runs, each under a digest of its builder's recipe, and believed only after every byte was checked; what no builder of
today made is removed.
"""

import fcntl
import json
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from jiyun.errors import JiyunError
from provisioners.images import debian, tiny
from provisioners.images.cache import ImageCache
from provisioners.images.recipe import recipe_digest
from provisioners.spec import ImagePart, ImageSpec

Build = Callable[[ImageCache, Path, Callable[[str], None]], ImageSpec]
BUILDERS: dict[str, Build] = {"tiny": tiny.build_tiny, "debian": debian.build_debian12}


def cache_of(folder: Path) -> ImageCache:
    """The store of the parts of the images of ``folder``."""
    return ImageCache(folder / "parts")


def manifest_of(folder: Path, name: str) -> Path:
    """The file that says of which parts an image of today's recipe consists."""
    return folder / f"{name}-{recipe_digest(name)[:20]}.json"


def load(folder: Path, name: str) -> ImageSpec:
    """The image as it was built; FileNotFoundError where it was not."""
    row = json.loads(manifest_of(folder, name).read_text())
    return ImageSpec(**row | {"parts": tuple(ImagePart(**part) for part in row["parts"])})


def intact(folder: Path, name: str) -> bool:
    """Whether the image is there, byte for byte."""
    try:
        for part in load(folder, name).parts:
            cache_of(folder).verify(part)
    except (OSError, ValueError, TypeError, KeyError, JiyunError):
        return False
    return True


def build(folder: Path, name: str) -> None:
    """Build the image anew; the builder's log stays in the folder where it failed."""
    work = folder / f"work-{name}"
    shutil.rmtree(work, ignore_errors=True)  # of a run that was killed
    image = BUILDERS[name](cache_of(folder), work, lambda stage: print(f"{name}: {stage}", flush=True))
    draft = folder / f"{name}.new"
    draft.write_text(json.dumps(asdict(image), indent=1))
    draft.replace(manifest_of(folder, name))


def prune(folder: Path) -> None:
    """Remove manifests of older recipes, and parts that no manifest names."""
    current = {manifest_of(folder, name) for name in BUILDERS}
    kept = set()
    for manifest in folder.glob("*.json"):
        if manifest in current:
            kept |= {part["sha256"] for part in json.loads(manifest.read_text())["parts"]}
        else:
            manifest.unlink()
    for part in cache_of(folder).root.iterdir():
        if part.name not in kept:
            part.unlink()


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """One run at a time builds or removes."""
    folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def prepare(folder: Path, names: list[str]) -> None:
    """Have the named images in the folder.  Raises what the builders raise."""
    with alone(folder):
        for name in names:
            if intact(folder, name):
                print(f"{name}: kept from an earlier run, checksums match", flush=True)
            else:
                build(folder, name)
        prune(folder)


def main(argv: list[str]) -> int:
    """0 the images are there, 1 one could not be built, 2 usage."""
    names = argv[1:] or list(BUILDERS)
    if not argv or set(names) - set(BUILDERS):
        print(f"Usage: python -m lab.dev.images FOLDER [{'] ['.join(BUILDERS)}]", file=sys.stderr)
        return 2
    try:
        prepare(Path(argv[0]), names)
    except (JiyunError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
