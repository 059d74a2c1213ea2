"""Tables for the terminal, written here because importing rich costs 45 ms of CPU, more than the whole of a list.

A table that is too wide has its widest text columns cut with an ellipsis; one that cannot be made to fit that way is
printed as one block per row.  Text is never broken into lines inside a cell.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from cli.frame.text import cut, escape, pad, width
from jiyun.language import Text, t

_GAP = "  "
_NARROWEST = 8  # a text column is not cut below this
_NOTHING = "-"


class Column(NamedTuple):
    """One column: ``id`` is the key in the rows and the stable CSV heading, ``title`` what people read.

    ``number`` columns stand at the right edge.  ``keep`` columns are never cut: names and ids that are copied into
    the next command.
    """

    id: str
    title: Text
    number: bool = False
    keep: bool = False


def column(id: str, en: str, zh: str, *, number: bool = False, keep: bool = False) -> Column:
    """A column with its heading in both languages."""
    return Column(id, Text(en, zh), number, keep)


def cell(value: Any) -> str:
    """One value as people read it: safe for a terminal, on one line."""
    if value is None or value == "":
        return _NOTHING
    if isinstance(value, bool):
        return t("yes", "是") if value else t("no", "否")
    if isinstance(value, list | tuple):
        return ", ".join(cell(item) for item in value) or _NOTHING
    if isinstance(value, Mapping):
        return ", ".join(f"{escape(str(key))}={cell(item)}" for key, item in value.items()) or _NOTHING
    return escape(str(value))


def render(rows: Sequence[Mapping[str, Any]], columns: Sequence[Column], limit: int | None) -> list[str]:
    """The lines of a table at most ``limit`` terminal columns wide; None sets no limit and cuts nothing."""
    titles = [str(c.title) for c in columns]
    cells = [[cell(row.get(c.id)) for c in columns] for row in rows]
    widths = [max([width(title), *(width(line[i]) for line in cells)]) for i, title in enumerate(titles)]
    if limit is not None:
        fitted = fit(widths, [_floor(c, w) for c, w in zip(columns, widths, strict=True)], limit)
        if fitted is None:
            return _blocks(titles, cells)
        widths = fitted
    return [_line(texts, columns, widths) for texts in (titles, *cells)]


def _floor(column: Column, wanted: int) -> int:
    return wanted if column.number or column.keep else min(wanted, _NARROWEST)


def fit(widths: Sequence[int], floors: Sequence[int], limit: int) -> list[int] | None:
    """``widths`` with the widest shrinkable columns made narrower until all fit in ``limit``; None where they cannot."""
    fitted = list(widths)
    room = limit - len(_GAP) * (len(fitted) - 1)
    while sum(fitted) > room:
        shrinkable = [i for i, floor in enumerate(floors) if fitted[i] > floor]
        if not shrinkable:
            return None
        fitted[max(shrinkable, key=lambda i: fitted[i])] -= 1
    return fitted


def _line(texts: Sequence[str], columns: Sequence[Column], widths: Sequence[int]) -> str:
    padded = (pad(cut(text, w), w, right=c.number) for text, c, w in zip(texts, columns, widths, strict=True))
    return _GAP.join(padded).rstrip()


def _blocks(titles: Sequence[str], cells: Sequence[Sequence[str]]) -> list[str]:
    """Each row as its own block of ``title  value`` lines, for a terminal too narrow for any table."""
    lines: list[str] = []
    for row in cells:
        lines += [*([""] if lines else []), *pairs(list(zip(titles, row, strict=True)))]
    return lines


def pairs(rows: Sequence[tuple[str, str]]) -> list[str]:
    """``title  value`` lines with the values under each other; values keep their length, they are read and copied."""
    columns = max((width(title) for title, _ in rows), default=0)
    return [f"{pad(title, columns)}{_GAP}{value}".rstrip() for title, value in rows]
