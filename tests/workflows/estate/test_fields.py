"""Single values: what is refused, where, in which words, and with which suggestion."""

import pytest

from jiyun import language
from jiyun.errors import JiyunError
from tests.workflows.estate.support import MINIMAL, changed, only_problem, problems_of
from workflows.estate.read import parse_estate

CASES = [
    # old, new, code, field, part of the sentence
    ("format: 1", "format: 2", "estate.out-of-range", "format", "'2' is out of range; the number 1 is expected."),
    ("    memory: 2GiB", "    memroy: 2GiB", "estate.unknown-field", "hosts[0].memroy", "Did you mean 'memory'?"),
    (
        "    vcpus: 2\n",
        "    vcpus: -2\n",
        "estate.out-of-range",
        "hosts[0].vcpus",
        "'-2' is out of range; a whole number from 1 to 1024",
    ),
    ("    vcpus: 2\n", '    vcpus: "2"\n', "estate.bad-value", "hosts[0].vcpus", "'2' is not a whole number"),
    ("    vcpus: 2\n", "    vcpus: 2.5\n", "estate.bad-value", "hosts[0].vcpus", "'2.5' is not a whole number"),
    ("    vcpus: 2\n", f"    vcpus: {'9' * 5000}\n", "estate.bad-value", "hosts[0].vcpus", "9…' is not a whole number"),
    ("    vcpus: 2\n", "    vcpus:\n", "estate.no-value", "hosts[0].vcpus", "has no value"),
    ("    vcpus: 2\n", "    vcpus: [2]\n", "estate.wrong-shape", "hosts[0].vcpus", "is expected here, not a list"),
    (
        "memory: 2GiB\n",
        "memory: 2GB\n",
        "estate.bad-value",
        "hosts[0].memory",
        "'2GB' is not a size from 64MiB to 64TiB, such as 4GiB.",
    ),
    ("memory: 2GiB\n", "memory: 2048\n", "estate.bad-value", "hosts[0].memory", "'2048' is not a size"),
    ("memory: 2GiB\n", "memory: -2GiB\n", "estate.out-of-range", "hosts[0].memory", "'-2GiB' is out of range"),
    ("memory: 2GiB\n", "memory: --2GiB\n", "estate.bad-value", "hosts[0].memory", "'--2GiB' is not a size"),
    ("memory: 2GiB\n", "memory: 65TiB\n", "estate.out-of-range", "hosts[0].memory", "'65TiB' is out of range"),
    ("memory: 128MiB", "memory: 5TiB", "estate.out-of-range", "flavors[0].memory", "a size from 64MiB to 4TiB"),
    ("vcpus: 1, memory", "vcpus: 129, memory", "estate.out-of-range", "flavors[0].vcpus", "from 1 to 128"),
    (
        "uri: qemu:///system",
        "uri: qemu+ssh://h/system?command=/bin/x",
        "estate.bad-value",
        "hosts[0].uri",
        "a libvirt address of QEMU",
    ),
    ("path: /var/lib", "path: /var/../lib", "estate.bad-value", "hosts[0].pools[0].path", "absolute directory path"),
    ("price: 45.00", "price: -45.00", "estate.bad-value", "price_books[0].entries[0].price", "'-45.00' is not an amount in yuan"),
    ("price: 45.00", "price: 45.0000001", "estate.bad-value", "price_books[0].entries[0].price", "at most six decimals"),
    ('version: "2026"', "version: 2026", "estate.quotes", "price_books[0].version", "Put it in quotes."),
    ("2026-01-01", "2026-02-30", "estate.bad-value", "price_books[0].valid_from", "'2026-02-30' is not a date"),
    ("kind: tiny", "kind: tony", "estate.not-permitted", "images[0].kind", "Permitted: debian, disk, tiny. Did you mean 'tiny'?"),
    ("sharing: registered", "sharing: registred", "estate.not-permitted", "systems[0].sharing", "Did you mean 'registered'?"),
    ("protection_level: 2", "protection_level: 5", "estate.out-of-range", "systems[0].protection_level", "from 1 to 4"),
    (
        "name: budget",
        "name: Budget",
        "estate.bad-value",
        "systems[0].name",
        "'Budget' is not a name of 1 to 40 lowercase letters",
    ),
    ("name: budget", f"name: {'b' * 41}", "estate.bad-value", "systems[0].name", "is not a name of 1 to 40"),
    (
        "title_zh: 预算系统",
        'title_zh: " "',
        "estate.bad-value",
        "systems[0].title_zh",
        "a line of text of at most 200 characters",
    ),
    ("    title_zh: 预算系统\n", "", "estate.missing-field", "systems[0]", "The field title_zh is required."),
    ("synthetic: true", "synthetic: yes", "estate.not-permitted", "sites[0].synthetic", "Permitted: true, false."),
    ("clouds: [administrative]", "clouds: []", "estate.too-few", "hosts[0].clouds", "At least 1 value(s)"),
    (
        "[administrative]",
        "[administrative, administrative]",
        "estate.repeated",
        "hosts[0].clouds[1]",
        "'administrative' is listed twice.",
    ),
    ("[operator@city]", "[operater@city]", "estate.not-permitted", "people[0].roles[0]", "Did you mean 'operator'?"),
    ("[operator@city]", "[operator]", "estate.bad-value", "people[0].roles[0]", "'operator' is not role@department"),
    ("machines: 8", "machins: 8", "estate.unknown-field", "quotas[0].limits.machins", "Did you mean 'machines'?"),
    ("machines: 8", "machines: -1", "estate.out-of-range", "quotas[0].limits.machines", "from 0 to 1000000"),
    ("10.90.1.0/24", "10.90.1.0/30", "estate.out-of-range", "segments[0].ipv4", "/16 to /29"),
    ("10.90.1.0/24", "8.8.8.0/24", "estate.out-of-range", "segments[0].ipv4", "a private IPv4 range"),
    ("10.90.1.0/24", "10.90.1.1/24", "estate.bad-value", "segments[0].ipv4", "without host bits"),
    ("10.90.1.0/24", "10.90.1.0/255.255.255.0", "estate.bad-value", "segments[0].ipv4", "'10.90.1.0/255.255.255.0' is not"),
    ("10.90.1.0/24", '10.90.1.0/24, ipv6: "2001:db8::/64"', "estate.out-of-range", "segments[0].ipv6", "begins with fd"),
    ("10.90.1.0/24", '10.90.1.0/24, ipv6: "fd00::/48"', "estate.bad-value", "segments[0].ipv6", "'fd00::/48' is not"),
    ("10.90.1.0/24", "10.90.1.0/24, egress: own", "estate.not-permitted", "segments[0].egress", "Permitted: unified."),
]


@pytest.mark.parametrize(("old", "new", "code", "field", "sentence"), CASES)
def test_a_wrong_value_is_placed_and_explained(old: str, new: str, code: str, field: str, sentence: str) -> None:
    problem = only_problem(changed(old, new))
    assert (problem["code"], problem["field"]) == (code, field)
    assert sentence in problem["message"]


def test_line_and_column_are_those_of_the_value() -> None:
    text = changed("kind: tiny", "kind: tony")
    line, column = next((n, row.index("tony") + 1) for n, row in enumerate(text.splitlines(), 1) if "tony" in row)
    problem = only_problem(text)
    assert (problem["line"], problem["column"]) == (line, column)
    assert problem["permitted"] == ["debian", "disk", "tiny"]
    assert problem["suggestion"] == "tiny"


def test_all_problems_are_told_at_once_and_in_order() -> None:
    text = changed("vcpus: 2", "vcpus: 0", changed("kind: tiny", "kind: tony", changed("sites:", "sits:")))
    found = problems_of(text)
    assert [problem["field"] for problem in found] == ["sits", "hosts[0].vcpus", "images[0].kind"]


def test_the_message_shows_twenty_lines_and_counts_the_rest() -> None:
    rows = "".join(f"  - {{name: x{n}, title_zh: 甲, level: town{n}}}\n" for n in range(30))
    with pytest.raises(JiyunError) as caught:
        parse_estate(f"format: 1\ndepartments:\n{rows}".encode(), "e.yaml")
    lines = caught.value.message().splitlines()
    assert lines[0] == "The estate file has 30 problem(s); nothing was applied."
    assert lines[1].startswith(
        "e.yaml:3:36: departments[0].level: 'town0' is not a permitted value. Permitted: city, county, town."
    )
    assert lines[-1] == "… and 10 more."
    assert len(lines) == 22


def test_reading_stops_at_two_hundred_problems() -> None:
    assert len(problems_of("format: 1\n" + "".join(f"x{n}: 1\n" for n in range(5000)))) == 200


def test_the_sentences_are_there_in_chinese() -> None:
    language.use("zh")
    try:
        problem = only_problem(changed("kind: tiny", "kind: tony"))
    finally:
        language.use("en")
    assert problem["message"] == "'tony' 不是允许的值。允许的值：debian、disk、tiny。是否想写 'tiny'？"


def test_values_arrive_in_their_units() -> None:
    estate = parse_estate(MINIMAL.encode(), "estate.yaml")
    assert estate.hosts[0].memory == 2048
    assert estate.hosts[0].pools[0].tier == "standard"
    assert estate.price_books[0].entries[0].price == 45_000_000
    assert estate.quotas[0].limit("disk.standard") == 10240
    assert estate.quotas[0].limit("disk.fast") is None
    assert str(estate.segments[0].gateway4) == "10.90.1.1"
    assert estate.segments[0].gateway6 is None
    assert str(estate.people[0].roles[0]) == "operator@city"
