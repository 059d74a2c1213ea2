"""The field language: what a single value may be.  A type reads a node, gives its JSON schema, and says what it is.

``records.py`` builds lists and entries out of these.  A type never raises for what a user wrote: it notes the problem
at its spot and gives ``INVALID``.
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from jiyun.errors import JiyunError
from jiyun.language import Text
from jiyun.money import parse_micro_yuan
from jiyun.units import parse_mib, show_mib
from workflows.estate.document import SHAPES, Node, Scalar
from workflows.estate.findings import shorten
from workflows.estate.problems import (
    ESTATE_BAD_VALUE,
    ESTATE_NO_VALUE,
    ESTATE_NOT_PERMITTED,
    ESTATE_OUT_OF_RANGE,
    ESTATE_QUOTES,
    ESTATE_WRONG_SHAPE,
)
from workflows.estate.reading import Invalid, Spot

# What YAML 1.2 reads as something else than text; editors follow it, so the reader does too.
_NOT_TEXT = re.compile(
    r"true|True|TRUE|false|False|FALSE|[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+"
    r"|[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"
)
_NULL = ("", "~", "null", "Null", "NULL")
_SIZE = re.compile(r"-?(0|[1-9][0-9]{0,12}) ?(MiB|GiB|TiB)")
_WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,17})")


class FieldType(Protocol):
    """What every type can do."""

    @property
    def expected(self) -> Text:
        """What the value is, as part of a sentence: "a whole number from 1 to 128"."""

    def read(self, node: Node, spot: Spot) -> Any:
        """The value, or ``INVALID`` with the reason noted."""

    def schema(self) -> dict[str, Any]:
        """JSON schema (2020-12) of the value."""


def scalar(node: Node, spot: Spot, expected: Text, *, text: bool = True) -> Scalar | Invalid:
    """A single value that is there; where ``text`` is asked for, one that YAML reads as text."""
    if not isinstance(node, Scalar):
        return spot.refuse(ESTATE_WRONG_SHAPE, expected=expected, found=SHAPES[type(node)])
    if not node.quoted and node.text in _NULL:
        return spot.refuse(ESTATE_NO_VALUE, expected=expected)
    if text and not node.quoted and _NOT_TEXT.fullmatch(node.text):
        return spot.refuse(ESTATE_QUOTES, value=shorten(node.text))
    return node


@dataclass(frozen=True, slots=True)
class Pattern:
    """Text of a given form; ``longest`` in characters."""

    expected: Text
    pattern: str
    longest: int

    def read(self, node: Node, spot: Spot) -> str | Invalid:
        value = scalar(node, spot, self.expected)
        if isinstance(value, Invalid):
            return value
        if len(value.text) > self.longest or not re.fullmatch(self.pattern, value.text):
            return spot.refuse(ESTATE_BAD_VALUE, value=shorten(value.text), expected=self.expected)
        return value.text

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": f"^(?:{self.pattern})$", "maxLength": self.longest}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of free text, at most ``longest`` characters."""

    longest: int = 200

    @property
    def expected(self) -> Text:
        return Text(f"a line of text of at most {self.longest} characters", f"不超过 {self.longest} 个字符的一行文字")

    def read(self, node: Node, spot: Spot) -> str | Invalid:
        value = scalar(node, spot, self.expected)
        if isinstance(value, Invalid):
            return value
        if not value.text.strip() or len(value.text) > self.longest:
            return spot.refuse(ESTATE_BAD_VALUE, value=shorten(value.text), expected=self.expected)
        return value.text.strip()

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": r"\S", "maxLength": self.longest}


@dataclass(frozen=True, slots=True)
class Choice:
    """One of some words; the first is the usual one."""

    values: tuple[str, ...]

    @property
    def expected(self) -> Text:
        return Text(f"one of {', '.join(self.values)}", f"{'、'.join(self.values)} 之一")

    def read(self, node: Node, spot: Spot) -> str | Invalid:
        value = scalar(node, spot, self.expected)
        if isinstance(value, Invalid):
            return value
        if value.text not in self.values:
            return spot.refuse(ESTATE_NOT_PERMITTED, value=shorten(value.text), permitted=self.values, word=value.text)
        return value.text

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "enum": list(self.values)}


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number, both ends included."""

    least: int
    most: int

    @property
    def expected(self) -> Text:
        if self.least == self.most:
            return Text(f"the number {self.least}", f"数字 {self.least}")
        return Text(f"a whole number from {self.least} to {self.most}", f"{self.least} 到 {self.most} 的整数")

    def read(self, node: Node, spot: Spot) -> int | Invalid:
        value = scalar(node, spot, self.expected, text=False)
        if isinstance(value, Invalid):
            return value
        if value.quoted or not _WHOLE.fullmatch(value.text):
            return spot.refuse(ESTATE_BAD_VALUE, value=shorten(value.text), expected=self.expected)
        if not self.least <= int(value.text) <= self.most:
            return spot.refuse(ESTATE_OUT_OF_RANGE, value=shorten(value.text), expected=self.expected)
        return int(value.text)

    def schema(self) -> dict[str, Any]:
        return {"type": "integer", "minimum": self.least, "maximum": self.most}


@dataclass(frozen=True, slots=True)
class Size:
    """A size in MiB, written with its unit; ``least`` 0 also allows a bare 0."""

    least: int
    most: int

    @property
    def expected(self) -> Text:
        least = "0" if not self.least else show_mib(self.least)
        most = show_mib(self.most)
        return Text(f"a size from {least} to {most}, such as 4GiB", f"{least} 到 {most} 的容量，例如 4GiB")

    def read(self, node: Node, spot: Spot) -> int | Invalid:
        value = scalar(node, spot, self.expected, text=False)
        if isinstance(value, Invalid):
            return value
        if value.text == "0" and not value.quoted and not self.least:
            return 0
        if not _SIZE.fullmatch(value.text):
            return spot.refuse(ESTATE_BAD_VALUE, value=shorten(value.text), expected=self.expected)
        try:
            mib = parse_mib(value.text)
        except JiyunError:  # below zero, or above what any size may be
            mib = -1
        if not self.least <= mib <= self.most:
            return spot.refuse(ESTATE_OUT_OF_RANGE, value=shorten(value.text), expected=self.expected)
        return mib

    def schema(self) -> dict[str, Any]:
        text: dict[str, Any] = {"type": "string", "pattern": "^[1-9][0-9]{0,12} ?(?:MiB|GiB|TiB)$"}
        return text if self.least else {"anyOf": [text, {"const": 0}]}


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in yuan with at most six decimals, kept in micro-yuan."""

    expected = Text("an amount in yuan with at most six decimals, such as 45.00", "最多六位小数的金额（元），例如 45.00")

    def read(self, node: Node, spot: Spot) -> int | Invalid:
        value = scalar(node, spot, self.expected, text=False)
        if isinstance(value, Invalid):
            return value
        if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,6})?", value.text):
            return spot.refuse(ESTATE_BAD_VALUE, value=shorten(value.text), expected=self.expected)
        return parse_micro_yuan(value.text)

    def schema(self) -> dict[str, Any]:
        return {"type": ["number", "string"], "minimum": 0, "pattern": r"^[0-9]{1,9}(?:\.[0-9]{1,6})?$"}


@dataclass(frozen=True, slots=True)
class Day:
    """A calendar day."""

    expected = Text("a date such as 2026-01-31", "日期，例如 2026-01-31")

    def read(self, node: Node, spot: Spot) -> date | Invalid:
        value = scalar(node, spot, self.expected)
        if isinstance(value, Invalid):
            return value
        try:
            if not re.fullmatch(r"(19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}", value.text):
                raise ValueError
            return date.fromisoformat(value.text)
        except ValueError:
            return spot.refuse(ESTATE_BAD_VALUE, value=shorten(value.text), expected=self.expected)

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "format": "date", "pattern": "^(?:19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}$"}


@dataclass(frozen=True, slots=True)
class Flag:
    """``true`` or ``false``."""

    expected = Text("true or false", "true 或 false")

    def read(self, node: Node, spot: Spot) -> bool | Invalid:
        value = scalar(node, spot, self.expected, text=False)
        if isinstance(value, Invalid):
            return value
        if value.quoted or value.text not in ("true", "false"):
            shown = shorten(value.text)
            return spot.refuse(ESTATE_NOT_PERMITTED, value=shown, permitted=("true", "false"), word=value.text)
        return value.text == "true"

    def schema(self) -> dict[str, Any]:
        return {"type": "boolean"}
