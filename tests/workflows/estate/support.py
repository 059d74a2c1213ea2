"""Shared by the tests of the estate file: the examples, small changes to them, and what is reported."""

import re
from pathlib import Path
from typing import Any

import pytest

from jiyun.errors import Exit, JiyunError
from workflows.estate.document import Listing, Mapping, Node, Scalar, parse
from workflows.estate.findings import Collector
from workflows.estate.read import parse_estate

ROOT = Path(__file__).parents[3]
EXAMPLES = ROOT / "inventory" / "examples"
MINIMAL = (EXAMPLES / "minimal.yaml").read_text(encoding="utf-8")
ZHUZHOU = (EXAMPLES / "zhuzhou.yaml").read_text(encoding="utf-8")


def changed(old: str, new: str, text: str = MINIMAL) -> str:
    """The example with one place changed."""
    assert text.count(old) >= 1, f"{old!r} is not in the example"
    return text.replace(old, new, 1)


def problems_of(text: str | bytes) -> list[dict[str, Any]]:
    """What the reader reports of a file that it must refuse."""
    content = text.encode() if isinstance(text, str) else text
    with pytest.raises(JiyunError) as caught:
        parse_estate(content, "estate.yaml")
    assert caught.value.code == "estate.invalid"
    assert caught.value.exit == Exit.USAGE
    found = caught.value.fields["problems"]
    assert isinstance(found, list)
    assert caught.value.fields["count"] == len(found)
    return found


def only_problem(text: str | bytes) -> dict[str, Any]:
    found = problems_of(text)
    assert len(found) == 1, [problem["message"] for problem in found]
    return found[0]


def as_json(content: bytes) -> Any:
    """The document as an editor with YAML 1.2 sees it."""
    node = parse(content, Collector("estate.yaml"))
    assert node is not None
    return _json(node)


def _json(node: Node) -> Any:
    if isinstance(node, Mapping):
        return {key.text: _json(value) for key, value in node.entries}
    if isinstance(node, Listing):
        return [_json(item) for item in node.items]
    return _scalar(node)


def _scalar(node: Scalar) -> Any:
    if node.quoted:
        return node.text
    if node.text in ("", "~", "null", "Null", "NULL"):
        return None
    if node.text.lower() in ("true", "false"):
        return node.text.lower() == "true"
    if re.fullmatch(r"[-+]?[0-9]{1,4000}", node.text):
        return int(node.text)
    if re.fullmatch(r"[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?", node.text):
        return float(node.text)
    return node.text
