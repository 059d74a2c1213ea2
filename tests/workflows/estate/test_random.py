"""Whatever is written, the reader gives an estate or its one error; and the schema agrees with what it accepts."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from jiyun.errors import JiyunError
from tests.workflows.estate.support import MINIMAL, ZHUZHOU, as_json
from workflows.estate.model import Estate
from workflows.estate.read import parse_estate
from workflows.estate.schema import schema

_VALIDATOR = Draft202012Validator(schema())
_QUIET = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
_YAML = ["", " ", "\n", "\t", ":", ": ", "- ", "[", "]", "{", "}", "&a ", "*a", "!!str ", "<<: *a"]
_MORE = ["'", '"', "|\n", ">", "#", "---\n", "...\n"]
_WORDS = ["~", "null", "true", "0", "-1", "1e9", "é", "株", "9" * 5000, "city", "public", "2GiB", "../", "@", "%YAML 9\n"]
_SNIPPETS = st.sampled_from([*_YAML, *_MORE, *_WORDS, "\x00", "\u202e", "\ufeff"])
_VALUES = st.one_of(
    _SNIPPETS, st.text(max_size=12), st.integers().map(str), st.from_regex(r"[a-z0-9.@:/-]{1,20}", fullmatch=True)
)


def _read(content: bytes) -> Estate | None:
    try:
        estate = parse_estate(content, "estate.yaml")
    except JiyunError as error:
        assert error.code == "estate.invalid"
        assert error.message().startswith("The estate file has ")
        return None
    assert not list(_VALIDATOR.iter_errors(as_json(content)))
    return estate


@_QUIET
@given(st.data())
def test_a_text_that_was_damaged_anywhere(data: st.DataObject) -> None:
    text = data.draw(st.sampled_from([MINIMAL, ZHUZHOU[:6000]]))
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, min(len(text), start + 30)))
        text = text[:start] + data.draw(_SNIPPETS) + text[end:]
    _read(text.encode("utf-8", errors="replace"))


@_QUIET
@given(st.data())
def test_a_value_that_was_replaced(data: st.DataObject) -> None:
    lines = MINIMAL.splitlines(keepends=True)
    index = data.draw(st.sampled_from([n for n, line in enumerate(lines) if ": " in line]))
    parts = lines[index].split(": ")
    part = data.draw(st.integers(1, len(parts) - 1))
    rest = parts[part][len(parts[part].split(",")[0].rstrip("}\n")) :]
    parts[part] = data.draw(_VALUES) + rest
    lines[index] = ": ".join(parts)
    _read("".join(lines).encode("utf-8", errors="replace"))


@_QUIET
@given(st.data())
def test_lines_that_were_moved_or_repeated(data: st.DataObject) -> None:
    lines = MINIMAL.splitlines(keepends=True)
    for _ in range(data.draw(st.integers(1, 4))):
        taken = lines.pop(data.draw(st.integers(0, len(lines) - 1)))
        for _ in range(data.draw(st.integers(0, 2))):
            lines.insert(data.draw(st.integers(0, len(lines))), taken)
    _read("".join(lines).encode())


@_QUIET
@given(st.binary(max_size=200))
def test_any_bytes(content: bytes) -> None:
    _read(content)
