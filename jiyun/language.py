"""The two languages that people read.  Every text is written twice, side by side, so none can be missing."""

import os
from collections.abc import Mapping
from typing import NamedTuple

LANGUAGES = ("en", "zh")
_current = "en"


class Text(NamedTuple):
    """One message in English and Chinese; ``{name}`` fields are filled by :meth:`fill`."""

    en: str
    zh: str

    def __str__(self) -> str:
        return self.zh if _current == "zh" else self.en

    def fill(self, **fields: object) -> str:
        """This text in the current language with its fields filled in."""
        return str(self).format(**fields)


def t(en: str, zh: str) -> str:
    """The text of the current language: for help texts and table headings, which are built at start-up."""
    return zh if _current == "zh" else en


def choose(explicit: str | None, environment: Mapping[str, str] = os.environ) -> str:
    """The language by flag, then ``JIYUN_LANG``, then the locale; English where none of them says Chinese."""
    if explicit in LANGUAGES:
        return explicit
    for name in ("JIYUN_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = environment.get(name, "")
        if value:
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"


def use(language: str) -> None:
    """Make ``language`` the current one for this process."""
    global _current
    _current = language


def current() -> str:
    """The language in use: ``en`` or ``zh``."""
    return _current
