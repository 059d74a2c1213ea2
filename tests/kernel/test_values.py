"""Sizes, money, time, names, hashed documents and languages: the small values that everything is made of."""

import uuid
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiyun import canonical, clock, ids, money, units
from jiyun.errors import JiyunError
from jiyun.language import Text, choose, current, t, use

STORE = "6f7a3c1e-0000-4000-8000-000000000001"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)


def code_of(function: object, *arguments: object) -> str:
    assert callable(function)
    with pytest.raises(JiyunError) as caught:
        function(*arguments)
    assert caught.value.message()
    return caught.value.code


@given(st.integers(1, 1024 * 1024 * 1024))
def test_a_size_survives_being_shown_and_read(mib: int) -> None:
    assert units.parse_mib(units.show_mib(mib)) == mib


@pytest.mark.parametrize(("text", "mib"), [("512MiB", 512), ("4GiB", 4096), ("2 TiB", 2 * 1024 * 1024), ("1024TiB", 1 << 30)])
def test_sizes(text: str, mib: int) -> None:
    assert units.parse_mib(text) == mib


@pytest.mark.parametrize(
    "text", ["", "4", "4GB", "4G", "4.5GiB", "GiB", "4gib", "٤GiB", "1e3MiB", "4GiB4", "99999999999999TiB", 5]
)
def test_what_is_no_size(text: str | int) -> None:
    assert code_of(units.parse_mib, text) == "size.unreadable"


@pytest.mark.parametrize("text", ["0GiB", "-1GiB", "1025TiB", "9999999999999TiB"])
def test_absurd_sizes(text: str) -> None:
    assert code_of(units.parse_mib, text) == "size.out-of-range"


@given(st.integers(0, 10**12 - 1), st.integers(0, 999_999))
def test_prices_are_exact(yuan: int, micro: int) -> None:
    assert money.parse_micro_yuan(f"{yuan}.{micro:06d}") == yuan * 1_000_000 + micro


@pytest.mark.parametrize(
    "text", ["", ".", "1.", ".5", "-1", "+1", "1,5", "1e3", "0.0000001", "٣", "1_000", "1" * 13, "1.2.3", "nan"]
)
def test_what_is_no_price(text: str) -> None:
    assert code_of(money.parse_micro_yuan, text) == "money.unreadable"


def test_money_is_rounded_half_to_even_and_shown_exactly() -> None:
    assert [money.round_half_even(Fraction(n, 2)) for n in (1, 3, 5, -1, -3)] == [0, 2, 2, 0, -2]
    assert [money.show_fen(fen) for fen in (0, 5, 12345, -5, -12345)] == ["0.00", "0.05", "123.45", "-0.05", "-123.45"]
    assert money.show_exact(Fraction(10000, 3), 4) == "33.3333"
    assert money.show_exact(Fraction(-1, 3), 4) == "-0.0033"


@given(st.integers(0, 253_370_764_799))
def test_a_time_survives_being_shown_and_read(seconds: int) -> None:
    assert clock.parse(clock.iso(seconds)) == seconds
    assert len(clock.local_date(seconds)) == 10


@pytest.mark.parametrize(
    "text", ["", "today", "2026-02-30", "2026-11-22 08:00", "2026-11-22T08:00:00", "0001-01-01", "1969-12-31", "9999-12-31"]
)
def test_what_is_no_time(text: str) -> None:
    assert code_of(clock.parse, text) == "time.unreadable"


@pytest.mark.parametrize("text", ["", "2026", "2026-13", "2026-00", "2026-1", "2026-11-01", "9999-12", "0001-01", "十一月"])
def test_what_is_no_month(text: str) -> None:
    assert code_of(clock.month_bounds, text) == "time.month-unreadable"


@given(st.integers(1971, 9000), st.integers(1, 12))
def test_months_follow_each_other_without_gap(year: int, month: int) -> None:
    start, end = clock.month_bounds(f"{year:04d}-{month:02d}")
    following = f"{year + month // 12:04d}-{month % 12 + 1:02d}"
    assert clock.month_bounds(following)[0] == end
    assert clock.local_month(start) == f"{year:04d}-{month:02d}"
    assert clock.local_month(end - 1) == f"{year:04d}-{month:02d}"
    assert 28 * 86400 - 3600 <= end - start <= 31 * 86400 + 3600


def test_a_day_begins_at_the_city_s_midnight() -> None:
    assert clock.iso(clock.parse("2026-11-22")) == "2026-11-21T16:00:00Z"
    assert str(ZoneInfo(clock.CITY_ZONE)) == "Asia/Shanghai"


def test_derived_names_are_the_same_always_and_differ_by_store() -> None:
    other = str(uuid.uuid4())
    for derive in (ids.derive_uuid, ids.derive_short, ids.derive_mac):
        assert derive(STORE, "machine", "ord-000001") == derive(STORE, "machine", "ord-000001")
        assert derive(STORE, "machine", "ord-000001") != derive(other, "machine", "ord-000001")
        assert derive(STORE, "machine", "ord-000001") != derive(STORE, "machine", "ord-000002")
    assert len(ids.derive_short(STORE, "x")) == 10
    assert len(ids.derive_short(STORE, "x", length=14)) == 14


@given(st.text(max_size=20))
def test_a_derived_mac_is_local_and_unicast(part: str) -> None:
    octets = [int(octet, 16) for octet in ids.derive_mac(STORE, part.replace("\ud800", "")).split(":")]
    assert len(octets) == 6
    assert octets[0] & 0b11 == 0b10


@given(JSON, JSON)
def test_a_hash_tells_documents_apart(one: object, other: object) -> None:
    assert (canonical.encode(one) == canonical.encode(other)) == (canonical.digest(one) == canonical.digest(other))


def test_the_canonical_form_has_one_order_and_no_float() -> None:
    assert canonical.encode({"b": [1, None, True], "a": "株洲"}) == '{"a":"株洲","b":[1,null,true]}'
    assert canonical.encode({"x": 1, "y": 2}) == canonical.encode({"y": 2, "x": 1})
    for document in (1.0, [1.0], {"a": (1.0,)}, {"a": {"b": float("nan")}}):
        with pytest.raises(TypeError):
            canonical.encode(document)


@pytest.mark.parametrize(
    ("explicit", "environment", "language"),
    [
        ("zh", {"JIYUN_LANG": "en"}, "zh"),
        (None, {"JIYUN_LANG": "zh", "LC_ALL": "en_US.UTF-8"}, "zh"),
        (None, {"LC_ALL": "zh_CN.UTF-8", "LANG": "en_US.UTF-8"}, "zh"),
        (None, {"LC_MESSAGES": "en_GB", "LANG": "zh_CN"}, "en"),
        (None, {"LANG": "zh_TW"}, "zh"),
        (None, {"LANG": "de_DE"}, "en"),
        (None, {}, "en"),
        ("fr", {}, "en"),
    ],
)
def test_the_language_is_chosen_by_flag_then_environment(
    explicit: str | None, environment: dict[str, str], language: str
) -> None:
    assert choose(explicit, environment) == language


def test_a_text_follows_the_language_in_use() -> None:
    before = current()
    try:
        use("zh")
        assert (str(Text("a", "甲")), t("a", "甲"), Text("{n} a", "{n} 个").fill(n=1)) == ("甲", "甲", "1 个")
        use("en")
        assert (str(Text("a", "甲")), t("a", "甲"), current()) == ("a", "a", "en")
    finally:
        use(before)
