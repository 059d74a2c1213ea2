"""Reads an estate file: all of it is right, or one error tells everything that is wrong."""

from pathlib import Path

from workflows.estate.checks import check_all
from workflows.estate.document import LARGEST, parse
from workflows.estate.findings import START, Collector
from workflows.estate.model import Estate
from workflows.estate.problems import ESTATE_NO_VALUE, ESTATE_UNREADABLE
from workflows.estate.reading import INVALID, Reading, Spot
from workflows.estate.records import RecordOf

_ROOT = RecordOf(Estate)


def read_estate(path: Path) -> Estate:
    """The estate that ``path`` declares.

    Raises ``estate.unreadable`` where the file cannot be opened, and ``estate.invalid`` with every problem found.
    """
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ESTATE_UNREADABLE(file=str(path), reason=reason) from None
    return parse_estate(content, str(path))


def parse_estate(content: bytes, file: str) -> Estate:
    """The estate in ``content``; ``file`` is the name that errors show."""
    problems = Collector(file)
    reading = Reading(problems)
    root = parse(content, problems)
    if root is None:
        problems.add(ESTATE_NO_VALUE, START, "", expected=_ROOT.expected)
        raise problems.error()
    estate = _ROOT.read(root, Spot(reading))
    if isinstance(estate, Estate) or estate is INVALID:
        check_all(reading)
    if problems.problems or not isinstance(estate, Estate):
        raise problems.error()
    return estate
