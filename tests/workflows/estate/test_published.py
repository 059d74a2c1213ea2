"""The schema and the guide are those of the declarations."""

import dataclasses
import json

import pytest
from jsonschema import Draft202012Validator

from tests.workflows.estate.support import MINIMAL, ROOT, ZHUZHOU, as_json, changed
from workflows.estate.model import Estate
from workflows.estate.records import record_types
from workflows.estate.schema import schema, schema_text
from workflows.estate.tables import with_tables

_AGAIN = "run: python -m workflows.estate.tables docs"


def test_the_published_schema_is_the_declared_one() -> None:
    published = (ROOT / "docs" / "estate.schema.json").read_text(encoding="utf-8")
    assert published == schema_text(), _AGAIN


def test_the_tables_of_the_guide_are_the_declared_ones() -> None:
    guide = (ROOT / "docs" / "estate.md").read_text(encoding="utf-8")
    assert guide == with_tables(guide), _AGAIN


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(json.loads(schema_text()))


@pytest.mark.parametrize("text", [MINIMAL, ZHUZHOU], ids=["minimal", "zhuzhou"])
def test_the_examples_agree_with_the_schema(text: str) -> None:
    Draft202012Validator(schema()).validate(as_json(text.encode()))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("memory: 2GiB", "memroy: 2GiB"),
        ("vcpus: 2", "vcpus: 0"),
        ("kind: tiny", "kind: tony"),
        ("format: 1", "format: 2"),
        ("10.90.1.0/24", "here"),
    ],
)
def test_the_schema_refuses_what_an_editor_should_mark(old: str, new: str) -> None:
    assert not Draft202012Validator(schema()).is_valid(as_json(changed(old, new).encode()))


def test_every_field_is_declared_and_explained_in_both_languages() -> None:
    for cls in record_types(Estate):
        for field in dataclasses.fields(cls):
            meaning = field.metadata["about"].meaning
            assert meaning.en.strip() and meaning.zh.strip(), f"{cls.__name__}.{field.name}"
