"""What holds between entries."""

import pytest

from tests.workflows.estate.support import MINIMAL, changed, only_problem, problems_of
from workflows.estate.read import parse_estate

_FINANCE = "  - {name: finance, title_zh: 财政局, title_en: Finance bureau, level: city, parent: city, synthetic: true}\n"
_SEGMENT = "  - {name: finance, department: finance, cloud: administrative, site: idc, ipv4: 10.90.1.0/24, synthetic: true}\n"
_IMAGE = "  - {name: tiny, kind: tiny, how: build}\n"
_SHA = "a" * 64


def _after(entry: str, *more: str) -> str:
    return changed(entry, entry + "".join(f"  - {row}\n" for row in more))


def _department(name: str, level: str, parent: str = "") -> str:
    return f"{{name: {name}, title_zh: 甲, level: {level}{f', parent: {parent}' if parent else ''}}}"


@pytest.mark.parametrize(
    ("text", "code", "field", "sentence"),
    [
        (
            changed("level: city, parent: city", "level: city, parent: citty"),
            "estate.unknown-reference",
            "departments[1].parent",
            "There is no entry 'citty' in departments. Permitted: city, finance. Did you mean 'city'?",
        ),
        (
            changed("[applicant@finance]", "[applicant@finanse]"),
            "estate.unknown-reference",
            "people[2].roles[0]",
            "Did you mean 'finance'?",
        ),
        (changed("    site: idc", "    site: idx"), "estate.unknown-reference", "hosts[0].site", "Did you mean 'idc'?"),
        (
            _after(_FINANCE, _department("finance", "city", "city")),
            "estate.duplicate-entry",
            "departments[2].name",
            "already given on line",
        ),
        (
            _after(_FINANCE, _department("other", "city")),
            "estate.root",
            "departments[2]",
            "has 2 departments without a parent ('city', 'other')",
        ),
        (
            _after(_FINANCE, _department("t", "town", "city")),
            "estate.level",
            "departments[2].level",
            "level town cannot stand below 'city'",
        ),
        (
            _after(_FINANCE, _department("a", "county", "b"), _department("b", "county", "a")),
            "estate.cycle",
            "departments[2].parent",
            "is its own ancestor: a > b > a.",
        ),
        (_after(_FINANCE, _department("a", "city", "a")), "estate.cycle", "departments[2].parent", "a > a."),
        (
            _after(_SEGMENT, "{name: s2, department: city, cloud: administrative, site: idc, ipv4: 10.90.0.0/16}"),
            "estate.overlap",
            "segments[1].ipv4",
            "10.90.0.0/16 overlap with 10.90.1.0/24 of segment finance",
        ),
        (
            changed(
                _SEGMENT,
                _SEGMENT.replace("/24,", '/24, ipv6: "fd00:1::/64",')
                + '  - {name: s2, department: city, cloud: administrative, site: idc, ipv4: 10.90.2.0/24, ipv6: "fd00:1::/64"}\n',
            ),
            "estate.overlap",
            "segments[1].ipv6",
            "overlap with fd00:1::/64",
        ),
        (
            changed(
                "hosts:",
                "  - {name: public, title_zh: 公}\nhosts:",
                changed("cloud: administrative, site", "cloud: public, site"),
            ),
            "estate.unserved",
            "segments[0].site",
            "No host of site idc serves the public cloud.",
        ),
        (
            changed("    directory_entry: DIR-0001\n", ""),
            "estate.directory-entry",
            "systems[0].directory_entry",
            "With sharing registered",
        ),
        (
            changed("sharing: registered", "sharing: missing"),
            "estate.directory-entry",
            "systems[0].directory_entry",
            "must be left out",
        ),
        (
            changed("sharing:", "unnamed_in_source: true\n    sharing:"),
            "estate.unnamed",
            "systems[0].unnamed_in_source",
            "source",
        ),
        (
            changed("disk.standard: 10GiB", "disk.fast: 10GiB"),
            "estate.tier",
            "quotas[0].limits.disk.fast",
            "No storage pool has the tier 'fast'.",
        ),
        (
            changed("sku: disk.standard", "sku: disk.standart"),
            "estate.tier",
            "price_books[0].entries[2].sku",
            "Did you mean 'standard'?",
        ),
        (
            changed("unit: vCPU·month", "unit: GiB·month"),
            "estate.unit",
            "price_books[0].entries[0].unit",
            "Permitted: vCPU·month.",
        ),
        (_after(_IMAGE, "{name: d, kind: disk, how: build}"), "estate.image-source", "images[1].kind", "brought as a file"),
        (
            _after(_IMAGE, "{name: d, kind: disk, how: file, file: d.qcow2}"),
            "estate.image-source",
            "images[1].sha256",
            "needs this field",
        ),
        (
            _after(_IMAGE, f"{{name: d, kind: tiny, how: build, sha256: {_SHA}}}"),
            "estate.image-source",
            "images[1].sha256",
            "no such field",
        ),
        (
            changed("    entries:", "    valid_to: 2026-01-01\n    entries:"),
            "estate.period",
            "price_books[0].valid_to",
            "is not after the beginning",
        ),
        (
            changed(
                "price_books:\n",
                'price_books:\n  - {version: "2025", valid_from: 2025-01-01, valid_to: 2026-01-02, '
                "entries: [{sku: vcpu, unit: vCPU·month, price: 1}]}\n",
            ),
            "estate.price-overlap",
            "price_books[1].valid_from",
            "valid at the same time as '2025'",
        ),
        (
            changed("[operator@city]", "[supplier@city, approver@city]"),
            "estate.roles",
            "people[0].roles",
            "supplier cannot also be approver",
        ),
        (
            changed("[operator@city]", "[auditor@city, applicant@city]"),
            "estate.roles",
            "people[0].roles",
            "auditor cannot also be applicant",
        ),
    ],
)
def test_a_broken_relation_is_refused(text: str, code: str, field: str, sentence: str) -> None:
    problem = only_problem(text)
    assert (problem["code"], problem["field"]) == (code, field)
    assert sentence in problem["message"]


def test_the_root_is_a_city() -> None:
    found = problems_of("format: 1\ndepartments:\n  - {name: youxian, title_zh: 攸县, level: county}\n")
    assert [problem["code"] for problem in found] == ["estate.root-level"]


def test_a_tree_without_a_root_is_refused() -> None:
    rows = "\n".join(f"  - {_department(name, 'city', parent)}" for name, parent in (("a", "b"), ("b", "a")))
    found = problems_of(f"format: 1\ndepartments:\n{rows}\n")
    assert {problem["code"] for problem in found} == {"estate.root", "estate.cycle"}


def test_a_section_that_is_no_list_does_not_spoil_the_references_to_it() -> None:
    problem = only_problem("format: 1\nsites: idc\nsegments: []\nhosts: []\nlegacy_rooms: []\n")
    assert problem["field"] == "sites"


def test_pools_are_not_mistaken_for_hosts() -> None:
    text = MINIMAL.replace("name: demo, path", "name: host1, path")
    assert parse_estate(text.encode(), "e").hosts[0].pools[0].name == "host1"


def test_a_child_may_be_promised_more_than_its_parent() -> None:
    more = "  - {department: finance, cloud: administrative, limits: {vcpu: 100}}\n"
    estate = parse_estate(changed("flavors:", more + "flavors:").encode(), "e")
    assert estate.quotas[1].limit("vcpu") == 100


def test_price_books_may_follow_one_another() -> None:
    price = "{sku: vcpu, unit: vCPU·month, price: 1}"
    earlier = f'  - {{version: "2025", valid_from: 2025-01-01, valid_to: 2026-01-01, entries: [{price}]}}\n'
    estate = parse_estate(changed("price_books:\n", "price_books:\n" + earlier).encode(), "e")
    assert len(estate.price_books) == 2
