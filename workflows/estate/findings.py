"""Collects what is wrong in one file, so that its author sees all of it at once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from jiyun.errors import JiyunError, Kind
from jiyun.language import t
from workflows.estate.problems import ESTATE_INVALID

SHOWN = 20  # lines of the message
ENOUGH = 200  # reading stops here: whoever made so many mistakes in one way corrects them in one way
_MOST_CANDIDATES = 2_000  # comparing with more names than this would take seconds
_MOST_PERMITTED = 12  # in the sentence
_MOST_LISTED = 100  # in the detail
_LONGEST_PATH = 200


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """Where a value stands: line and column, both counted from 1."""

    line: int
    column: int


START = Position(1, 1)


class Findings(list[dict[str, object]]):
    """The problems in the order of the file, as plain values; as text, one line each, at most ``SHOWN`` of them."""

    def __str__(self) -> str:
        lines = [_line(problem) for problem in self[:SHOWN]]
        if len(self) > SHOWN:
            lines.append(t(f"… and {len(self) - SHOWN} more.", f"…… 另有 {len(self) - SHOWN} 处。"))
        return "\n".join(lines)

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)


def _line(problem: dict[str, object]) -> str:
    place = f"{problem['file']}:{problem['line']}:{problem['column']}"
    field = f"{problem['field']}: " if problem["field"] else ""
    return f"{place}: {field}{problem['message']}"


def shorten(value: object, width: int = 60) -> str:
    """A value as an error shows it: quoted, and cut where it is long."""
    text = str(value)
    return f"'{text if len(text) <= width else text[: width - 1] + '…'}'"


def nearest(word: str, candidates: Sequence[str]) -> str:
    """The candidate that ``word`` was probably meant to be, or an empty text."""
    if len(candidates) > _MOST_CANDIDATES or len(word) > 100:
        return ""
    return next(iter(get_close_matches(word, candidates, n=1, cutoff=0.6)), "")


class Collector:
    """The problems of one file so far."""

    def __init__(self, file: str, kind: Kind = ESTATE_INVALID) -> None:
        self.file = file
        self.kind = kind  # of the one error that carries them all
        self.problems: list[tuple[Position, dict[str, object]]] = []

    def add(
        self,
        kind: Kind,
        at: Position,
        field: str,
        *,
        permitted: Iterable[str] = (),
        word: str = "",
        **fields: object,
    ) -> None:
        """Note one problem.  ``word`` is what was written where one of ``permitted`` was expected."""
        allowed = list(permitted)
        suggestion = nearest(word, allowed) if word else ""
        message = kind.text.fill(**fields) + _permitted(allowed) + _suggested(suggestion)
        problem: dict[str, object] = {
            "code": kind.code,
            "file": self.file,
            "line": at.line,
            "column": at.column,
            "field": field[:_LONGEST_PATH],
            "message": message,
            "permitted": allowed[:_MOST_LISTED],
            "suggestion": suggestion,
        }
        self.problems.append((at, problem))
        if len(self.problems) >= ENOUGH:
            raise self.error()

    def error(self) -> JiyunError:
        """One error that carries every problem noted, in the order of the file."""
        ordered = Findings(problem for _, problem in sorted(self.problems, key=lambda item: item[0]))
        return self.kind(file=self.file, count=len(ordered), problems=ordered)


def _permitted(values: list[str]) -> str:
    if not values:
        return ""
    shown = values[:_MOST_PERMITTED]
    more = "…" if len(values) > len(shown) else ""
    return t(f" Permitted: {', '.join(shown)}{', ' + more if more else ''}.", f"允许的值：{'、'.join(shown)}{more}。")


def _suggested(suggestion: str) -> str:
    return t(f" Did you mean '{suggestion}'?", f"是否想写 '{suggestion}'？") if suggestion else ""
