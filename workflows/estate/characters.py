"""Characters that have no place in a name or a title: they are unseen, or they change how other text is read."""

import unicodedata
from collections.abc import Iterator

_REFUSED = {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"}
# Letters and marks that show nothing: combining grapheme joiner, Hangul fillers, Khmer and Mongolian fillers, blank Braille.
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0")
_CONTROL_NAMES = {"\x00": "NULL", "\x07": "BELL", "\x08": "BACKSPACE", "\x1b": "ESCAPE", "\x7f": "DELETE", "\x85": "NEXT LINE"}
_CONTROL_NAMES |= {"\n": "LINE FEED", "\r": "CARRIAGE RETURN", "\t": "TABULATION"}


def is_refused(character: str) -> bool:
    """Whether the character is a control, bidirectional, zero-width, private or unassigned one, or otherwise blank."""
    if " " <= character <= "~":
        return False
    if unicodedata.category(character) in _REFUSED or character in _BLANK:
        return True
    return "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"  # variation selectors


def refused_in(text: str, allowed: str = "") -> Iterator[tuple[int, str]]:
    """Index and character of everything refused in ``text``, the characters of ``allowed`` excepted."""
    if text.isascii() and text.isprintable():
        return
    for index, character in enumerate(text):
        if not " " <= character <= "~" and character not in allowed and is_refused(character):
            yield index, character


def code_of(character: str) -> str:
    """``U+202E``."""
    return f"U+{ord(character):04X}"


def name_of(character: str) -> str:
    """The Unicode name, such as ``RIGHT-TO-LEFT OVERRIDE``."""
    return unicodedata.name(character, "") or _CONTROL_NAMES.get(character, "UNNAMED CHARACTER")
