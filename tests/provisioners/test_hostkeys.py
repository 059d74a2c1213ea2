"""Host keys are derived; secrets are created whole and refused when others can read them."""

import hmac
import subprocess
from pathlib import Path

import pytest

from jiyun.errors import Exit, JiyunError
from provisioners.hostkeys import fingerprint, host_key, login_key, make_secret, read_secret

SECRET = bytes(range(32))


def test_the_same_secret_and_machine_always_give_the_same_key() -> None:
    pair = host_key(SECRET, "m-1")
    assert pair == host_key(SECRET, "m-1")
    assert pair.public != host_key(SECRET, "m-2").public
    assert pair.public != host_key(bytes(32), "m-1").public
    assert pair.private not in repr(pair)


def test_the_derivation_never_changes() -> None:
    """Running guests keep their keys only as long as this line holds."""
    assert host_key(SECRET, "m-1").public == "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPtxVxqiSOQNj8r5vjlsIeR3pq+zfSkovTwFXJo4/jAc"


def test_the_seed_is_hkdf_sha256() -> None:
    """RFC 5869 written out: extract with a salt of zeros, expand with the info text."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    extracted = hmac.digest(bytes(32), SECRET, "sha256")
    seed = hmac.digest(extracted, b"jiyun ssh host key m-1\x01", "sha256")
    public = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
    assert host_key(SECRET, "m-1").public == public.decode()


@pytest.mark.parametrize("size", [0, 31, 33])
def test_a_secret_of_another_size_is_refused(size: int) -> None:
    with pytest.raises(ValueError, match="32"):
        host_key(bytes(size), "m-1")


def test_openssh_and_cryptography_read_the_private_text(tmp_path: Path) -> None:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_ssh_private_key

    pair = host_key(SECRET, "m-1")
    path = tmp_path / "key"
    path.write_text(pair.private)
    path.chmod(0o600)
    told = subprocess.run(["ssh-keygen", "-y", "-f", path], capture_output=True, text=True, check=True, timeout=20)
    assert told.stdout.strip() == pair.public
    listed = subprocess.run(["ssh-keygen", "-l", "-f", path], capture_output=True, text=True, check=True, timeout=20)
    assert fingerprint(pair.public) in listed.stdout.split()
    loaded = load_ssh_private_key(pair.private.encode(), password=None)
    assert loaded.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode() == pair.public


def test_a_secret_is_made_once_and_read_back(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "secret"
    made = make_secret(path)
    assert len(made) == 32
    assert path.stat().st_mode & 0o777 == 0o600
    assert read_secret(path) == made
    with pytest.raises(FileExistsError):
        make_secret(path)
    assert read_secret(path) == made
    assert [entry.name for entry in path.parent.iterdir()] == ["secret"]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o622, 0o610])
def test_a_secret_open_to_others_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "secret"
    make_secret(path)
    path.chmod(mode)
    with pytest.raises(JiyunError) as caught:
        read_secret(path)
    assert (caught.value.code, caught.value.exit) == ("secret.unsafe", Exit.POLICY)
    assert f"mode is {mode:04o}" in caught.value.message()


def test_a_secret_that_is_absent_short_a_link_or_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "short").write_bytes(bytes(31))
    (tmp_path / "long").write_bytes(bytes(33))
    (tmp_path / "link").symlink_to(tmp_path / "short")
    for name in ("short", "long"):
        (tmp_path / name).chmod(0o600)
    for name in ("absent", "short", "long", "link", "folder"):
        with pytest.raises(JiyunError) as caught:
            read_secret(tmp_path / name)
        assert caught.value.code == "secret.unsafe"


def test_the_login_key_is_made_once(tmp_path: Path) -> None:
    first = login_key(tmp_path / "keys")
    assert first == login_key(tmp_path / "keys")
    assert first.private.stat().st_mode & 0o777 == 0o600
    assert first.public.read_text() == f"{first.line} jiyun\n"
    assert first.line != login_key(tmp_path / "others").line
    first.public.unlink()
    assert login_key(tmp_path / "keys").line == first.line
    first.private.chmod(0o644)
    with pytest.raises(JiyunError) as caught:
        login_key(tmp_path / "keys")
    assert caught.value.code == "secret.unsafe"
