"""The one byte form of a document that hashes are taken over: sorted keys, no spaces, UTF-8, integers only."""

import json
from typing import Any

_NO_FLOAT = "a float has no place in a hashed document: use integers or text"


_ENCODE = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode  # made once: half the cost


def _refuse_floats(value: Any) -> None:
    if isinstance(value, float):
        raise TypeError(_NO_FLOAT)
    if isinstance(value, dict):
        for item in value.values():
            _refuse_floats(item)
    elif isinstance(value, list | tuple):
        for item in value:
            _refuse_floats(item)


def encode(document: Any) -> str:
    """The canonical JSON text of ``document`` (dicts, lists, text, integers, booleans, None)."""
    _refuse_floats(document)
    return _ENCODE(document)


def digest(document: Any) -> str:
    """SHA-256 of the canonical text, in hexadecimal."""
    import hashlib  # loads OpenSSL: a list that hashes nothing need not wait for it

    return hashlib.sha256(encode(document).encode()).hexdigest()
