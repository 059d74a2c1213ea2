"""The document layer: encoding, characters, YAML features that are refused, bounds."""

import time
from pathlib import Path

import pytest

from jiyun.errors import Exit, JiyunError
from tests.workflows.estate.support import MINIMAL, changed, only_problem, problems_of
from workflows.estate import read_estate
from workflows.estate.document import LARGEST, parse
from workflows.estate.findings import Collector, Position
from workflows.estate.read import parse_estate


@pytest.mark.parametrize(
    ("text", "code", "line", "column", "sentence"),
    [
        ("format: 1\nsites: [\n", "estate.syntax", 3, 1, "not well-formed YAML"),
        ("format: 1\nformat: 1\n", "estate.duplicate-key", 2, 1, "'format' is already written on line 1"),
        ("format: !!int 1\n", "estate.tag", 1, 9, "tags such as 'tag:yaml.org,2002:int' are not allowed"),
        ("format: !!python/object/apply:os.system [id]\n", "estate.tag", 1, 9, "Remove the tag"),
        ("format: 1\nsites: *nobody\n", "estate.anchor", 2, 8, "'nobody' is not usable"),
        ("format: 1\nsites: &s [*s]\n", "estate.anchor", 2, 12, "contains itself"),
        ("format: &a 1\nsites: &a []\n", "estate.anchor", 2, 8, "defined twice"),
        ("format: 1\n---\nformat: 1\n", "estate.documents", 2, 1, "holds one document"),
        ("format: 1\nsites: " + "[" * 40 + "]" * 40, "estate.too-deep", 2, 24, "deeper than 16 levels"),
        ("format: 1\n# hidden \u202e text\n", "estate.character", 2, 10, "U+202E (RIGHT-TO-LEFT OVERRIDE)"),
        ("format: 1\nna\u200bme: 1\n", "estate.character", 2, 3, "U+200B (ZERO WIDTH SPACE)"),
        ("format: 1\nname: \x07\n", "estate.character", 2, 7, "U+0007 (BELL)"),
        ("format: 1\nname: \U000e0041\n", "estate.character", 2, 7, "U+E0041 (TAG LATIN CAPITAL LETTER A)"),
        ("", "estate.no-value", 1, 1, "a mapping (Estate)"),
        ("# nothing\n", "estate.no-value", 1, 1, "has no value"),
        ("just text", "estate.wrong-shape", 1, 1, "not a single value"),
        ("- format", "estate.wrong-shape", 1, 1, "not a list"),
    ],
)
def test_what_is_no_plain_document_is_refused(text: str, code: str, line: int, column: int, sentence: str) -> None:
    problem = problems_of(text)[0]
    assert (problem["code"], problem["line"], problem["column"]) == (code, line, column)
    assert sentence in str(problem["message"])


def test_an_escape_cannot_smuggle_a_character_in() -> None:
    problem = only_problem(changed("title_en: Budget system", 'title_en: "Budget \\u202e system"'))
    assert problem["code"] == "estate.character"
    assert problem["field"] == "systems[0].title_en"
    assert "RIGHT-TO-LEFT OVERRIDE" in problem["message"]


def test_a_title_stands_on_one_line() -> None:
    problem = only_problem(changed("title_en: Budget system", 'title_en: "Budget\\nsystem"'))
    assert "U+000A (LINE FEED)" in problem["message"]


def test_bytes_that_are_not_utf8_are_placed() -> None:
    problem = only_problem(b"format: 1\nsites: " + b"\xd6\xea")
    assert (problem["code"], problem["line"], problem["column"]) == ("estate.not-utf8", 2, 8)
    assert problem["message"] == "Byte 0xd6 is not UTF-8. Save the file as UTF-8."


def test_a_byte_order_mark_and_windows_line_ends_are_fine() -> None:
    estate = parse_estate(b"\xef\xbb\xbf" + MINIMAL.replace("\n", "\r\n").encode(), "estate.yaml")
    assert estate == parse_estate(MINIMAL.encode(), "estate.yaml")


def test_text_is_normalised_to_nfc() -> None:
    estate = parse_estate(changed("title_en: Budget system", "title_en: Cafe\u0301").encode(), "estate.yaml")
    assert estate.systems[0].title_en == "Caf\u00e9"


def test_aliases_are_followed() -> None:
    text = changed(
        "{name: city, title_zh: 市人民政府, title_en: City government", "{name: city, title_zh: &t 市人民政府, title_en: *t"
    )
    assert parse_estate(text.encode(), "estate.yaml").departments[0].title_en == "市人民政府"


def test_a_billion_laughs_are_refused_quickly() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    before = time.process_time()
    problem = problems_of("\n".join(lines))[-1]
    assert problem["code"] == "estate.aliases"
    assert time.process_time() - before < 1


def test_a_file_that_is_too_large_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "estate.yaml"
    path.write_bytes(b"#" * (LARGEST + 1))
    with pytest.raises(JiyunError) as caught:
        read_estate(path)
    assert "The file is larger than 10 MB." in caught.value.message()


@pytest.mark.parametrize("name", ["absent.yaml", "", "nul\0.yaml"])
def test_a_file_that_cannot_be_opened_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(JiyunError) as caught:
        read_estate(tmp_path / name)
    assert caught.value.code == "estate.unreadable"
    assert caught.value.exit == Exit.USAGE
    assert str(tmp_path) in caught.value.message()


def test_every_value_knows_its_place() -> None:
    node = parse("a:\n  - b: 株洲\n    c: 1\n".encode(), Collector("f"))
    assert node is not None
    assert node.at == Position(1, 1)
    text = repr(node)
    for place in ("Position(line=2, column=8)", "Position(line=3, column=8)"):
        assert place in text
