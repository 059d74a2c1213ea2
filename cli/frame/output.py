"""What a command prints on standard output: a table for people, or JSON, YAML or CSV for programs.

``show`` prints a list, ``show_one`` a single thing, ``document`` a nested structure.  Rows are plain data (text, integers,
booleans, None, lists and mappings of them); JSON and YAML carry all of it as given, tables and CSV the named columns.
"""

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import StrEnum
from typing import Any

from cli.frame.table import Column, cell, pairs, render
from cli.frame.text import escape, terminal_width
from jiyun.errors import Exit, kind
from jiyun.language import t

_FORMULA = "=+-@＝＋－＠"  # a spreadsheet runs a cell that begins with one of these, full-width forms included
# JSON escapes the control characters below U+0020 itself; these ranges would reach the terminal unless escaped here.
_UNSAFE_IN_JSON = "\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff"

OUTPUT_FAILED = kind(
    "output.failed",
    Exit.OTHER,
    en="The output could not be written ({reason}); what was printed is not complete.",
    zh="无法写出结果（{reason}）；已输出的内容不完整。",
)


class Format(StrEnum):
    """How output is written."""

    TABLE = "table"
    JSON = "json"
    YAML = "yaml"
    CSV = "csv"


def show(rows: Sequence[Mapping[str, Any]], columns: Sequence[Column], format: Format) -> None:
    """Print a list; an empty one prints the headings, and on a terminal says that there is nothing."""
    match format:
        case Format.TABLE:
            emit("\n".join(render(rows, columns, terminal_width())))
            if not rows and sys.stderr.isatty():
                print(t("Nothing to show.", "没有可显示的内容。"), file=sys.stderr)
        case Format.CSV:
            emit(csv_text(rows, columns))
        case _:
            document([dict(row) for row in rows], format)


def show_one(thing: Mapping[str, Any], columns: Sequence[Column], format: Format) -> None:
    """Print a single thing: its columns under each other, or as the one row of a CSV, or the plain data."""
    match format:
        case Format.TABLE:
            emit("\n".join(pairs([(str(c.title), cell(thing.get(c.id))) for c in columns])))
        case Format.CSV:
            emit(csv_text([thing], columns))
        case _:
            document(dict(thing), format)


def document(data: Any, format: Format) -> None:
    """Print nested plain data as YAML or JSON; it has no columns, so ``table`` gives YAML and ``csv`` gives JSON."""
    if format in (Format.JSON, Format.CSV):
        write(json_text(data))
        return
    import yaml

    emit(yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=4096).rstrip("\n"))


def json_text(data: Any, indent: int | None = 2) -> str:
    """JSON in the order given, Chinese readable, nothing in it that a terminal would act upon."""
    import json
    import re

    text = json.dumps(data, ensure_ascii=False, indent=indent)
    return re.sub(f"[{_UNSAFE_IN_JSON}]", lambda found: f"\\u{ord(found.group()):04x}", text)


def csv_text(rows: Sequence[Mapping[str, Any]], columns: Sequence[Column]) -> str:
    """CSV with the column ids as headings; text that a spreadsheet would run as a formula is quoted with ``'``."""
    import csv
    import io

    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow([c.id for c in columns])
    writer.writerows([[csv_cell(row.get(c.id), number=c.number) for c in columns] for row in rows])
    return buffer.getvalue().rstrip("\n")


def csv_cell(value: Any, *, number: bool = False) -> str | int:
    """One CSV cell; ``number`` says that text such as ``-12.50`` is an amount and stays as it is."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return value
    text = "; ".join(str(item) for item in value) if isinstance(value, list | tuple) else _plain(value)
    if number and _is_number(text):
        return text
    first = text.lstrip()[:1]
    risky = text[:1] in ("\t", "\r", "\n") or (first != "" and first in _FORMULA)
    return f"'{text}" if risky else text


def _is_number(text: str) -> bool:
    digits = text[1:] if text[:1] in ("+", "-") else text
    return digits.isascii() and digits.replace(".", "", 1).isdigit()


def _plain(value: Any) -> str:
    return json_text(value, indent=None) if isinstance(value, Mapping) else str(value)


def emit(text: str) -> None:
    """Write ``text`` and a line end to standard output; on a terminal nothing in it can move the cursor."""
    write(escape(text, keep="\n") if sys.stdout.isatty() else text)


def write(text: str) -> None:
    """Write ``text`` as it is and a line end to standard output."""
    with _output_checked():
        print(text, flush=True)


def flush() -> None:
    """See that what was printed so far is out: a full disk shows here, not at the interpreter's end."""
    with _output_checked():
        sys.stdout.flush()


@contextmanager
def _output_checked() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise  # the reader has left; that is no fault
    except OSError as error:
        raise OUTPUT_FAILED(reason=error.strerror) from error
