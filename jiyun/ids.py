"""Identifiers.  Whatever a later step must be able to repeat is derived, never drawn at random."""

import hashlib
import uuid

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # base 32 without i, l, o, u: read aloud without mistakes


def derive_uuid(store_id: str, *parts: str) -> str:
    """The same UUID for the same store and parts, always; different stores never share one."""
    return str(uuid.uuid5(uuid.UUID(store_id), "/".join(parts)))


def derive_short(store_id: str, *parts: str, length: int = 10) -> str:
    """A short name (50 bits at length 10) of the same kind, for things whose names are limited in length."""
    number = int.from_bytes(hashlib.sha256("/".join((store_id, *parts)).encode()).digest(), "big")
    return "".join(_ALPHABET[number >> (5 * i) & 31] for i in range(length))


def derive_mac(store_id: str, *parts: str) -> str:
    """A locally administered unicast MAC address (first byte 52) with 40 derived bits: no clash within a segment."""
    raw = hashlib.sha256("/".join((store_id, "mac", *parts)).encode()).digest()
    return "52:" + ":".join(f"{byte:02x}" for byte in raw[:5])
