"""SSH keys.  A guest's host key is derived from the store's secret and the machine's id, so it is never stored.

The same secret and id always give the same key: any step can be repeated, and the first connection to a guest is
verified because the key was known before the guest existed.
"""

import base64
import hashlib
import os
import secrets
import stat
import struct
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from jiyun.language import t
from provisioners.problems import SECRET_UNSAFE

SECRET_BYTES = 32
_KEY_TYPE = b"ssh-ed25519"
_CIPHER_BLOCK = 8  # the block length that the format prescribes for an unencrypted key


@dataclass(frozen=True, slots=True)
class KeyPair:
    """``private`` is an OpenSSH PEM text that ends with a newline; ``public`` is ``ssh-ed25519 AAAA…``, no comment."""

    private: str
    public: str

    def __repr__(self) -> str:
        """Without the private part: a key must not reach a log by way of a trace."""
        return f"KeyPair({self.public!r})"


@dataclass(frozen=True, slots=True)
class LoginKey:
    """Where Jiyun's own login key lies, and its public line."""

    private: Path
    public: Path
    line: str


def host_key(secret: bytes, machine_id: str) -> KeyPair:
    """The Ed25519 host key of a machine; its seed is HKDF-SHA256 of the store's ``secret`` (32 bytes)."""
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    if len(secret) != SECRET_BYTES:
        raise ValueError(f"the secret has {len(secret)} bytes, not {SECRET_BYTES}")
    info = f"jiyun ssh host key {machine_id}".encode()
    return _key_pair(HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(secret))


def fingerprint(public: str) -> str:
    """``SHA256:…`` of a public line, as ``ssh-keygen -l`` prints it."""
    return blob_fingerprint(base64.b64decode(public.split()[1]))


def blob_fingerprint(blob: bytes) -> str:
    """``SHA256:…`` of a public key in its wire form."""
    return "SHA256:" + base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")


def make_secret(path: Path) -> bytes:
    """Create the 32-byte secret at ``path`` (mode 0600), whole or not at all; FileExistsError if there is one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    secret = os.urandom(SECRET_BYTES)
    _write_once(path, secret)
    return secret


def read_secret(path: Path) -> bytes:
    """The secret at ``path``; ``secret.unsafe`` if it is absent, of the wrong size, or open to anybody but its owner."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise SECRET_UNSAFE(path=path, reason=error.strerror) from None
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise SECRET_UNSAFE(path=path, reason=t("it is not a regular file", "不是普通文件"))
        if status.st_mode & 0o077:
            mode = f"{stat.S_IMODE(status.st_mode):04o}"
            raise SECRET_UNSAFE(path=path, reason=t(f"its mode is {mode}", f"权限为 {mode}"))
        secret = os.read(descriptor, SECRET_BYTES + 1)
    finally:
        os.close(descriptor)
    if len(secret) != SECRET_BYTES:
        raise SECRET_UNSAFE(path=path, reason=f"{status.st_size} bytes")
    return secret


def login_key(directory: Path) -> LoginKey:
    """Jiyun's own login key pair in ``directory``, made at the first call; later calls return the same one."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    private, public = directory / "login_ed25519", directory / "login_ed25519.pub"
    if not private.exists():
        with suppress(FileExistsError):  # another process was quicker: its key counts
            _write_once(private, _key_pair(os.urandom(32)).private.encode())
    line = _public_of(private)
    text = f"{line} jiyun\n"
    if not public.exists() or public.read_text() != text:
        public.write_text(text)
    return LoginKey(private, public, line)


def _public_of(private: Path) -> str:
    """The public line of a private key file; ``secret.unsafe`` if the file is open to others or is no such key."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_ssh_private_key

    if private.stat().st_mode & 0o077:
        raise SECRET_UNSAFE(path=private, reason=f"mode {stat.S_IMODE(private.stat().st_mode):04o}")
    try:
        key = load_ssh_private_key(private.read_bytes(), password=None)
    except ValueError as error:
        raise SECRET_UNSAFE(path=private, reason=str(error)) from None
    return key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()


def _write_once(path: Path, content: bytes) -> None:
    """Write ``path`` (mode 0600) whole or not at all, never over an existing file: a draft is linked to its name."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        path.hardlink_to(draft)
    finally:
        draft.unlink()


def _key_pair(seed: bytes) -> KeyPair:
    """The key pair of a 32-byte Ed25519 seed.

    Written here because the usual serialisers put a random check number into the private text; ours is taken from
    the key, so that the same seed gives the same bytes.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    point = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    public = _string(_KEY_TYPE) + _string(point)
    check = hashlib.sha256(b"check" + seed).digest()[:4]
    secret = check + check + public + _string(seed + point) + _string(b"")
    secret += bytes(range(1, -len(secret) % _CIPHER_BLOCK + 1))
    whole = b"openssh-key-v1\0" + _string(b"none") * 2 + _string(b"") + struct.pack(">I", 1) + _string(public) + _string(secret)
    text = base64.b64encode(whole).decode()
    lines = [text[start : start + 70] for start in range(0, len(text), 70)]
    pem = "\n".join(["-----BEGIN OPENSSH PRIVATE KEY-----", *lines, "-----END OPENSSH PRIVATE KEY-----", ""])
    return KeyPair(pem, f"{_KEY_TYPE.decode()} {base64.b64encode(public).decode()}")


def _string(value: bytes) -> bytes:
    """A string of the SSH wire format: its length in 4 bytes, then its bytes."""
    return struct.pack(">I", len(value)) + value
