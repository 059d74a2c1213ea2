"""Tables for the terminal, written here because importing rich costs 45 ms of CPU, more than the whole of a list.

A table that is too wide has its widest text columns cut with an ellipsis; where that is not enough its spare columns are
left out, the last one first, and named below it; one that still does not fit is printed as one block per row.  Text is
never broken into lines inside a cell.
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
    the next command.  ``spare`` columns may be left out of a table on a narrow terminal.
    """

    id: str
    title: Text
    number: bool = False
    keep: bool = False
    spare: bool = False


def column(id: str, en: str, zh: str, *, number: bool = False, keep: bool = False, spare: bool = False) -> Column:
    """A column with its heading in both languages."""
    return Column(id, Text(en, zh), number, keep, spare)


def cell(value: Any) -> str:
    """One value as people read it: safe for a terminal, on one line."""
    if type(value) is str:  # nearly every cell of every list
        return (value if value.isprintable() else escape(value)) or _NOTHING
    if value is None:
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
    widths = [max(map(width, texts)) for texts in zip(titles, *cells, strict=True)]
    shown = list(range(len(columns)))
    while limit is not None:
        wanted = [widths[i] for i in shown]
        fitted = fit(wanted, [_floor(columns[i], widths[i]) for i in shown], limit)
        if fitted is not None:
            widths = [fitted[shown.index(i)] if i in shown else wide for i, wide in enumerate(widths)]
            break
        spare = [i for i in shown if columns[i].spare]
        if not spare:
            return _blocks(titles, cells)
        shown.remove(spare[-1])
    kept = [columns[i] for i in shown]
    lines = [_line([texts[i] for i in shown], kept, [widths[i] for i in shown]) for texts in (titles, *cells)]
    return [*lines, *_left_out([title for i, title in enumerate(titles) if i not in shown], limit)]


def _left_out(titles: Sequence[str], limit: int | None) -> list[str]:
    """The line below a table that says which columns had no room."""
    if not titles or limit is None:
        return []
    named = ", ".join(titles)
    return [cut(t(f"(no room for: {named}; `-o json` has all)", f"（宽度不足，未显示：{named}；用 `-o json` 可看全部）"), limit)]


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
    return _GAP.join([_fitted(text, w, c.number) for text, c, w in zip(texts, columns, widths, strict=True)]).rstrip()


def _fitted(text: str, columns: int, right: bool) -> str:
    if text.isascii() and len(text) <= columns:  # the same as below, for lists of thousands of rows
        return text.rjust(columns) if right else text.ljust(columns)
    return pad(cut(text, columns), columns, right=right)


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
