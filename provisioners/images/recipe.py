"""Which recipe an image was made by: so that a build can be kept and used again as long as the recipe is the same."""

import hashlib
from importlib.resources import files


def recipe_digest(name: str) -> str:
    """SHA-256 over ``name`` and all of this folder, code and guest scripts; the packages are Debian's of the day.

    Whole files are taken, so a change that makes no difference builds once too often, and never once too seldom.
    """
    folder = files("provisioners.images")
    sources = [entry for place in (folder, folder / "guest") for entry in place.iterdir() if entry.is_file()]
    digest = hashlib.sha256(name.encode())
    for source in sorted(sources, key=lambda entry: entry.name):
        digest.update(b"\0" + source.name.encode() + b"\0" + source.read_bytes())
    return digest.hexdigest()
