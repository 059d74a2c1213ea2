"""The next free address, and the link-local address of a MAC."""

import ipaddress
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.addresses import Address, link_local, next_free
from jiyun.errors import Exit, JiyunError


def test_the_first_machine_comes_after_the_gateway_at_the_same_place_in_both_families() -> None:
    assert next_free("tax", "10.20.0.0/24", "fd00:20::/64", frozenset()) == Address("10.20.0.2", "fd00:20::2")


def test_a_segment_without_ipv6_gives_none() -> None:
    assert next_free("tax", "10.20.0.0/24", "", {"10.20.0.2", "10.20.0.4"}) == Address("10.20.0.3", "")


@given(prefix=st.integers(24, 29), gone=st.sets(st.integers(0, 255)))
def test_what_is_given_is_never_taken_reserved_or_outside(prefix: int, gone: set[int]) -> None:
    segment = ipaddress.IPv4Network(f"10.1.2.0/{prefix}")
    taken = {str(segment.network_address + offset) for offset in gone}
    usable = [str(address) for address in list(segment.hosts())[1:]]
    free = [address for address in usable if address not in taken]
    if free:
        assert next_free("s", str(segment), "", taken).ipv4 == free[0]
    else:
        with pytest.raises(JiyunError, match=f"{len(usable)} of its {len(usable)} addresses are taken"):
            next_free("s", str(segment), "", taken)


@pytest.mark.parametrize("cidr", ["10.0.0.0/30", "10.0.0.0/31", "10.0.0.0/32"])
def test_a_full_segment_is_named_with_its_size(cidr: str) -> None:
    with pytest.raises(JiyunError, match=r"Segment tax \(10\.0\.0\.0/") as caught:
        next_free("tax", cidr, "", {"10.0.0.2"})
    assert (caught.value.code, caught.value.exit) == ("segment.full", Exit.QUOTA)
    assert caught.value.fields["size"] == (1 if cidr.endswith("/30") else 0)


def test_a_small_ipv6_prefix_limits_the_segment() -> None:
    assert next_free("tax", "10.0.0.0/24", "fd00::/126", {"10.0.0.2"}).ipv6 == "fd00::3"
    with pytest.raises(JiyunError, match="2 of its 2 addresses"):
        next_free("tax", "10.0.0.0/24", "fd00::/126", {"10.0.0.2", "10.0.0.3"})


def test_the_work_does_not_grow_with_the_segment() -> None:
    taken = {f"10.0.0.{last}" for last in range(2, 100)}
    began = time.process_time()
    assert next_free("large", "10.0.0.0/8", "fd00::/64", taken).ipv4 == "10.0.0.100"
    assert time.process_time() - began < 1


def test_link_local_is_eui_64() -> None:
    assert link_local("52:54:00:12:34:56") == "fe80::5054:ff:fe12:3456"
