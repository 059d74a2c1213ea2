"""Where long work tells how far it is."""

from collections.abc import Callable
from typing import NamedTuple


def _unheard(_: str) -> None:
    return None


def _uncounted(_done: int, _total: int) -> None:
    return None


class Progress(NamedTuple):
    """``say`` takes the name of the step that begins, ``bytes`` what is done and the total; silent by default."""

    say: Callable[[str], None] = _unheard
    bytes: Callable[[int, int], None] = _uncounted
