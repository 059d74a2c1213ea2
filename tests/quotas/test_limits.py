"""Stating limits."""

import pytest

from jiyun.errors import JiyunError
from jiyun.store import Statement, Store
from quotas.claims import Item
from quotas.classes import place, show
from quotas.limits import Limit, limits
from tests.quotas.conftest import ask, claim, limit


def test_a_limit_is_made_changed_and_left_alone(store: Store) -> None:
    with store.write("ops") as tx:
        assert limit(tx, "youxian", "vcpu", 8) == "created"
        assert limit(tx, "youxian", "vcpu", 8) == "same"
        assert limit(tx, "youxian", "vcpu", 6) == "updated"
        assert limit(tx, "city", "disk.standard", 0) == "created"
        assert limits(tx) == (Limit("city", "administrative", "disk.standard", 0), Limit("youxian", "administrative", "vcpu", 6))
        entries = tx.all(Statement("entries", "SELECT subject, detail FROM audit WHERE action = 'quota.change' ORDER BY seq"))
    assert [entry["subject"] for entry in entries][:2] == ["youxian/administrative/vcpu"] * 2
    assert entries[1]["detail"] == '{"after":6,"before":8}'


def test_a_limit_is_not_set_below_what_is_in_use(store: Store) -> None:
    claim(store, ask("o1", vcpu=4, memory=2048))
    with store.write("ops") as tx:
        with pytest.raises(JiyunError) as caught:
            limit(tx, "city", "memory", 1024)
        assert limit(tx, "city", "memory", 2048) == "created"
        assert limit(tx, "city", "vcpu", 1, cloud="public") == "created"
    assert caught.value.code == "quota.limit-below-use"
    assert "city has 2GiB of memory in use in the administrative cloud; the limit was not lowered to 1GiB." in str(caught.value)


def test_what_is_no_resource_class(store: Store) -> None:
    for name in ("cpu", "disk", "disk.", "disk.Fast", "disk.-x", "", "memory "):
        with store.write("ops") as tx, pytest.raises(JiyunError) as caught:
            limit(tx, "city", name, 1)
        assert caught.value.code == "quota.class-unknown", name
        with pytest.raises(JiyunError, match="There is no resource class"):
            Item(name, 1)


def test_a_negative_limit_and_an_empty_claim(store: Store) -> None:
    with store.write("ops") as tx, pytest.raises(JiyunError, match="The limit of city for vcpu cannot be -1"):
        limit(tx, "city", "vcpu", -1)
    for amount in (0, -5):
        with pytest.raises(ValueError, match="is no claim"):
            Item("vcpu", amount)


def test_classes_are_read_in_one_order_with_their_units() -> None:
    names = ["disk.fast", "addresses", "memory", "disk.a", "vcpu"]
    assert sorted(names, key=place) == ["vcpu", "memory", "addresses", "disk.a", "disk.fast"]
    assert (show("vcpu", 4), show("memory", 4096), show("disk.fast", 1500)) == ("4", "4GiB", "1500MiB")
