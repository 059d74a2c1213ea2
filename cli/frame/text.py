"""Text on a terminal: how wide it is, how it is cut and wrapped, and how it is kept from moving the cursor."""

import os
import sys
from functools import lru_cache
from typing import TextIO

_FALLBACK_WIDTH = 80
_SPACES = "\u00a0\u2002\u2003\u2009\u3000"  # harmless, though Python does not call them printable
_NOT_AT_LINE_START = "，。；：！？、）】》」』’”…"


@lru_cache(maxsize=4096)
def _cells(character: str) -> int:
    """Columns that one character takes: 2 for Chinese and other wide ones, 0 for marks that combine."""
    import unicodedata

    if unicodedata.category(character) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def width(text: str) -> int:
    """Terminal columns that ``text`` takes; it has no control characters (see :func:`escape`)."""
    return len(text) if text.isascii() else sum(map(_cells, text))


def escape(text: str, keep: str = "") -> str:
    """``text`` with control, bidirectional, zero-width and undecodable characters written as ``\\x1b`` or ``\\u202e``.

    A title that somebody typed must not be able to move the cursor, to recolour the screen or to hide a part of itself.
    Characters in ``keep`` stay as they are.
    """
    if text.isprintable():
        return text
    return "".join(c if c in keep or c.isprintable() or c in _SPACES else _escaped(c) for c in text)


def _escaped(character: str) -> str:
    number = ord(character)
    if number < 0x100:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def cut(text: str, columns: int) -> str:
    """``text`` in at most ``columns`` terminal columns, with an ellipsis where something was left out."""
    if width(text) <= columns:
        return text
    kept, used = [], 1
    for character in text:
        used += _cells(character)
        if used > columns:
            break
        kept.append(character)
    return "".join(kept) + "…"


def pad(text: str, columns: int, right: bool = False) -> str:
    """``text`` filled with spaces to ``columns`` terminal columns; ``right`` puts it at the right edge."""
    space = " " * (columns - width(text))
    return space + text if right else text + space


def wrap(text: str, columns: int) -> list[str]:
    """Lines of at most ``columns``: broken at spaces and between Chinese characters, never before a closing mark."""
    lines, line = [], ""
    for piece in _pieces(text):
        if line and width((line + piece).rstrip()) > columns:
            lines.append(line.rstrip())
            line = piece.lstrip()
        else:
            line += piece
    return [*lines, line.rstrip()] if line.strip() else lines


def _pieces(text: str) -> list[str]:
    """The parts that a line may be broken between: words with the space after them, and single wide characters."""
    pieces: list[str] = []
    joined = False  # whether the next character still belongs to the last piece
    for character in text:
        wide = _cells(character) == 2
        if pieces and (character in _NOT_AT_LINE_START or character == " " or (joined and not wide)):
            pieces[-1] += character
        else:
            pieces.append(character)
        joined = not wide and character != " "
    return pieces


def terminal_width(stream: TextIO | None = None) -> int | None:
    """Columns of the terminal that ``stream`` (standard output) writes to; None where it is a pipe or a file.

    ``COLUMNS`` has the last word, as in other tools, but only on a terminal: what is piped is never cut.
    """
    stream = stream or sys.stdout
    if not stream.isatty():
        return None
    wanted = os.environ.get("COLUMNS", "")
    if wanted.isascii() and wanted.isdigit() and int(wanted) > 0:
        return int(wanted)
    try:
        return os.get_terminal_size(stream.fileno()).columns or _FALLBACK_WIDTH
    except (OSError, ValueError):
        return _FALLBACK_WIDTH
