"""Tables, CSV, JSON and YAML, through the command and function by function."""

import csv
import io
import json

import pytest
import yaml

from cli.frame.output import csv_cell, csv_text, json_text
from cli.frame.table import cell, column, render
from cli.frame.text import cut, escape, width, wrap
from tests.cli.conftest import Run

COLUMNS = (
    column("name", "NAME", "名称", keep=True),
    column("title", "TITLE", "用途"),
    column("vcpu", "VCPU", "核数", number=True),
)
ROWS = [
    {"name": "web-01", "title": "政务服务大厅统一受理平台前端服务器", "vcpu": 2},
    {"name": "数据库-主", "title": "short", "vcpu": 16},
]


def test_chinese_cells_line_up() -> None:
    lines = render(ROWS, COLUMNS, None)
    assert lines[1].endswith("     2") and lines[2].endswith("  16")
    assert len({width(line) for line in lines}) == 1


@pytest.mark.parametrize("limit", range(27, 60))
def test_a_table_fits_by_cutting_its_widest_text_column(limit: int) -> None:
    lines = render(ROWS, COLUMNS, limit)
    assert len(lines) == 3
    assert all(width(line) <= limit for line in lines)
    assert "数据库-主" in lines[2]
    assert ("…" in lines[1]) == (limit < 51)


def test_a_terminal_too_narrow_for_a_table_gets_blocks() -> None:
    lines = render(ROWS, COLUMNS, 20)
    assert lines[0] == "NAME   web-01"
    assert lines[3:5] == ["", "NAME   数据库-主"]
    assert len(lines) == 7


def test_on_a_terminal_it_is_cut_and_piped_it_is_not(run: Run, run_on_terminal: Run) -> None:
    narrow = run_on_terminal("vm", "list", columns=40)
    assert "…" in narrow.out
    assert all(width(line) <= 40 for line in narrow.out.splitlines())
    assert "政务服务大厅统一受理平台前端服务器" in run("vm", "list", COLUMNS="40").out


def test_an_empty_list(run: Run, run_on_terminal: Run) -> None:
    assert run("vm", "list", "--department", "none").out == "NAME  TITLE  VCPU\n"
    assert run("vm", "list", "--department", "none", "-o", "json").out == "[]\n"
    assert "Nothing to show." in run_on_terminal("vm", "list", "--department", "none").out


def test_json_and_yaml_carry_the_plain_data(run: Run) -> None:
    as_json = run("vm", "list", "-o", "json").out
    assert [row["extra"] for row in json.loads(as_json)] == ["only in data", None]
    assert "政务" in as_json
    assert yaml.safe_load(run("vm", "list", "-o", "yaml").out) == json.loads(as_json)


def test_the_innermost_option_has_the_last_word(run: Run) -> None:
    assert run("-o", "csv", "vm", "list").out.startswith("name,title,vcpu\n")
    assert run("-o", "csv", "vm", "-o", "yaml", "list", "-o", "json").out.startswith("[")


def test_csv_headings_do_not_change_with_the_language(run: Run) -> None:
    out = run("vm", "list", "-o", "csv", "--lang", "zh").out
    rows = list(csv.DictReader(io.StringIO(out)))
    assert list(rows[0]) == ["name", "title", "vcpu"]
    assert rows[1]["title"].startswith("'=HYPERLINK")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1+1", "@SUM(A1)", "＝1", "\t=1", " =1", "\r=1", "\nx", "-1"])
def test_a_formula_in_text_is_quoted(text: str) -> None:
    assert csv_cell(text) == f"'{text}"


@pytest.mark.parametrize(("value", "written"), [("-12.50", "-12.50"), ("+3", "+3"), ("-1+1", "'-1+1"), ("=1", "'=1"), (-3, -3)])
def test_an_amount_stays_a_number(value: object, written: object) -> None:
    assert csv_cell(value, number=True) == written


def test_csv_of_other_values() -> None:
    row = {"name": None, "title": ["a", "b"], "vcpu": True}
    assert csv_text([row], COLUMNS) == "name,title,vcpu\n,a; b,true"
    assert csv_cell({"用途": 1}) == '{"用途": 1}'


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x1b[2Jb", "a\\x1b[2Jb"),
        ("a\nb\tc", "a\\x0ab\\x09c"),
        ("safe\u202etxt", "safe\\u202etxt"),
        ("a\u200bb", "a\\u200bb"),
        ("\x9b31m", "\\x9b31m"),
        ("\udcff", "\\udcff"),
        ("全角\u3000空格", "全角\u3000空格"),
    ],
)
def test_text_cannot_move_the_cursor(text: str, shown: str) -> None:
    assert escape(text) == shown
    assert cell(text) == shown
    printed = json_text({"a": text})
    assert json.loads(printed) == {"a": text}
    assert escape(printed, keep="\n") == printed


def test_cells() -> None:
    assert [cell(v) for v in (None, "", True, False, [], ["a", 1], {"k": "v"}, 0)] == [
        "-",
        "-",
        "yes",
        "no",
        "-",
        "a, 1",
        "k=v",
        "0",
    ]


def test_cut_never_splits_a_wide_character() -> None:
    assert [cut("政务云平台", n) for n in (10, 9, 8, 3, 2, 1)] == ["政务云平台", "政务云平…", "政务云…", "政…", "…", "…"]


def test_wrap_breaks_chinese_between_characters_and_keeps_marks_and_words() -> None:
    assert wrap("全市各部门共用，一个资源池", 14) == ["全市各部门共", "用，一个资源池"]
    assert wrap("a quick brown fox", 8) == ["a quick", "brown", "fox"]
    assert all(width(line) <= 10 for line in wrap("请写成 2026-11 这样的月份。", 10))
