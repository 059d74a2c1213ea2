"""A first look at the command line, before the argument parser: the language of its texts, the form of its errors.

It only looks: every option is parsed and checked by the real parser afterwards.  It also sees when the first help page
or the version is all that was asked for, which then needs no parser at all.
"""

import os
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from cli.frame.catalogue import GLOBAL_OPTIONS
from jiyun.errors import JiyunError
from jiyun.language import LANGUAGES, choose
from jiyun.settings import load, may_have_file

_SPELLINGS = {spelling: option for option in GLOBAL_OPTIONS for spelling in option.spellings}


class Early(NamedTuple):
    """``given`` has the global options that were seen; ``page`` is ``help`` or ``version`` where that is all there is."""

    given: Mapping[str, str]
    page: str

    @property
    def json_errors(self) -> bool:
        """Whether an error is to be written as JSON."""
        return self.given.get("output") == "json"


def look(arguments: Sequence[str]) -> Early:
    """What ``arguments`` (without the program's name) say at first sight; of an option given twice the last counts."""
    given: dict[str, str] = {}
    page, before_command = "", True
    waiting = iter(arguments)
    for word in waiting:
        if word == "--":
            break
        name, value = _split(word)
        option = _SPELLINGS.get(name)
        if option is not None:
            if option.metavar:
                value = next(waiting, None) if value is None else value
            given[option.name] = value or ""
        elif before_command and word in ("--help", "--version"):
            page = page or word[2:]
        else:
            before_command = False
    return Early(given, page if before_command else "")


def _split(word: str) -> tuple[str, str | None]:
    """``--lang=zh`` and ``-ojson`` as name and value; the value is None where it is the next word."""
    if word.startswith("--"):
        name, equals, value = word.partition("=")
        return name, value if equals else None
    if word.startswith("-") and len(word) > 2:
        return word[:2], word[2:]
    return word, None


def language(early: Early, environment: Mapping[str, str] = os.environ) -> str:
    """The language of this run; a settings file with a fault in it is reported later, by the command that needs it."""
    flag = early.given.get("lang")
    if flag in LANGUAGES or environment.get("JIYUN_LANG"):
        return choose(flag, environment)
    home = early.given.get("home")
    if not may_have_file(home, environment):
        return choose(None, environment)
    try:
        return load({"home": home}, environment).lang
    except JiyunError:
        return choose(None, environment)
