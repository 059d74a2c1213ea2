"""Named SQL: ``-- name: what_it_does`` starts a statement, parameters are ``:name``."""

import re
from functools import cached_property
from pathlib import Path

_NAME = re.compile(r"^-- name: (\w+)\s*$", re.MULTILINE)
_PARAMETER = re.compile(r"(?<![:\w]):([a-z_][a-z0-9_]*)")


class Statement:
    """One statement in both placeholder styles."""

    def __init__(self, name: str, sqlite: str) -> None:
        self.name = name
        self.sqlite = sqlite

    @cached_property
    def postgres(self) -> str:
        return _PARAMETER.sub(r"%(\1)s", self.sqlite.replace("%", "%%"))


class Queries:
    """The statements of one file as attributes."""

    def __init__(self, file: Path) -> None:
        parts = _NAME.split(file.read_text(encoding="utf-8"))
        self._statements = {
            name: Statement(name, body.strip().rstrip(";")) for name, body in zip(parts[1::2], parts[2::2], strict=True)
        }

    def __getattr__(self, name: str) -> Statement:
        try:
            return self._statements[name]
        except KeyError:
            raise AttributeError(name) from None

    def names(self) -> list[str]:
        return list(self._statements)


def load_queries(module_file: str, name: str) -> Queries:
    """The statements of ``name`` beside the module whose ``__file__`` is given."""
    return Queries(Path(module_file).with_name(name))
