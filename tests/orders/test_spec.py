"""What an application may say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiyun.errors import Exit, JiyunError
from orders.spec import MAX_DISK_MIB, MAX_DISKS, OrderSpec, from_plain
from tests.support.world import spec

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPj4Z0m5n3dF6T8lq3a0m1b2c3d4e5f6g7h8i9j0k1l2"


def refusal(**fields: object) -> JiyunError:
    with pytest.raises(JiyunError) as caught:
        spec(**fields)
    assert (caught.value.code, caught.value.exit) == ("order.field", Exit.USAGE)
    assert caught.value.message()
    return caught.value


@pytest.mark.parametrize("size", [0, -1, -(10**30), MAX_DISK_MIB + 1, 10**30])
def test_absurd_sizes(size: int) -> None:
    assert refusal(disks_mib=(512, size)).fields["value"] == size
    assert "1MiB to 64TiB" in refusal(disks_mib=(size,)).message()


def test_too_many_disks() -> None:
    spec(disks_mib=(1,) * MAX_DISKS)
    assert refusal(disks_mib=(1,) * (MAX_DISKS + 1)).fields["field"] == "disks"


@pytest.mark.parametrize(
    "name",
    [
        "",
        "-a",
        "a-",
        "A",
        "1a",
        "a_b",
        "a.b",
        "a b",
        "a\n",
        "a" * 33,
        "预算",
        "a;reboot",
        "$(id)",
        "../etc",
        "a\x00",
        "xn--\u0430",
        "\ud800",
    ],
)
def test_bad_host_names(name: str) -> None:
    assert refusal(hostname=name).fields["field"] == "hostname"


@pytest.mark.parametrize("name", ["a", "tax-1", "a" * 32, "x9"])
def test_good_host_names(name: str) -> None:
    assert spec(hostname=name).hostname == name


@pytest.mark.parametrize("field", ["department", "system", "cloud", "flavor", "image", "segment", "tier"])
@pytest.mark.parametrize("value", ["", "A", "a/b", "a b", "'; --", "a" * 41, "\n", "..", 5, None])
def test_bad_names(field: str, value: object) -> None:
    assert refusal(**{field: value}).fields["field"] == field


@pytest.mark.parametrize("key", [KEY, f"{KEY} me@host", f"{KEY} 张三", KEY.replace("ssh-ed25519", "ssh-rsa")])
def test_good_keys(key: str) -> None:
    assert spec(ssh_keys=(key,)).ssh_keys == (key,)


@pytest.mark.parametrize(
    "key",
    [
        "",
        "ssh-ed25519",
        "ssh-dss " + "A" * 60,
        "ssh-ed25519 short",
        f"{KEY}\nssh-ed25519 {'A' * 60}",
        f'command="id" {KEY}',
        f"{KEY} a\x00b",
        f"{KEY} a\x7fb",
        f"{KEY} \ud800",
        f"{KEY} {'x' * 201}",
        "-----BEGIN OPENSSH PRIVATE KEY-----",
    ],
)
def test_bad_keys(key: str) -> None:
    assert refusal(ssh_keys=(key,)).fields["field"] == "ssh_keys"


@pytest.mark.parametrize("text", ["a\nb", "\x00", "\x1b[31m", "\x7f", "\x85", "\u202e", "\u2028", "\ud800", "x" * 501])
def test_a_purpose_is_one_readable_line(text: str) -> None:
    assert refusal(purpose=text).fields["field"] == "purpose"


@given(
    st.lists(st.integers(1, MAX_DISK_MIB), max_size=MAX_DISKS),
    st.text(st.characters(categories=["L", "N", "P", "Zs"]), max_size=200),
    st.from_regex(r"[a-z]([a-z0-9-]{0,30}[a-z0-9])?", fullmatch=True),
)
def test_an_application_survives_being_stored(disks: list[int], purpose: str, hostname: str) -> None:
    made: OrderSpec = spec(disks_mib=tuple(disks), purpose=purpose, hostname=hostname, ssh_keys=(KEY,))
    assert from_plain(made.plain()) == made
