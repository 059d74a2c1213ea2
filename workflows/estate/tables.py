"""The tables of ``docs/estate.md``, made from the declarations, and the command that writes both published files.

``python -m workflows.estate.tables docs`` rewrites ``docs/estate.schema.json`` and the tables in ``docs/estate.md``.
"""

import sys
from pathlib import Path
from typing import Any

from jiyun.errors import KINDS
from workflows.estate import problems
from workflows.estate.model import Estate
from workflows.estate.records import Declared, ListOf, RecordOf, declared, record_types
from workflows.estate.schema import schema_text

BEGIN = "<!-- tables: made by python -m workflows.estate.tables docs -->"
END = "<!-- end of tables -->"


def tables() -> str:
    """One table per section and kind of entry, then the problem codes."""
    parts = [_table(cls) for cls in record_types(Estate)]
    return "\n".join([*parts, _codes()])


def with_tables(guide: str) -> str:
    """The guide with its tables as they are declared now."""
    before, _, rest = guide.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{tables()}\n{END}{after}"


def _table(cls: type[Any]) -> str:
    heading = "The file" if cls is Estate else cls.__name__
    lines = [f"### {heading}", "", "| Field | Value | Default | Meaning | 含义 |", "|---|---|---|---|---|"]
    lines += [_row(field) for field in declared(cls)]
    return "\n".join(lines) + "\n"


def _row(field: Declared) -> str:
    meaning = field.about.meaning
    cells = (f"`{field.name}`", _value(field), _default(field), meaning.en, meaning.zh)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _value(field: Declared) -> str:
    kind = field.about.type
    if isinstance(kind, ListOf) and isinstance(kind.item, RecordOf):
        name = kind.item.cls.__name__
        return f"a list of [{name}](#{name.lower()})"
    return kind.expected.en


def _default(field: Declared) -> str:
    if field.required:
        return "required"
    if field.default in ("", None, ()):
        return "none"
    return f"`{str(field.default).lower() if isinstance(field.default, bool) else field.default}`"


def _codes() -> str:
    lines = ["### Problem codes", "", "| Code | Sentence |", "|---|---|"]
    own = (code for code in KINDS if code.startswith("estate.") and KINDS[code] in vars(problems).values())
    lines += [f"| `{code}` | {KINDS[code].text.en.replace(chr(10), ' ')} |" for code in own]
    return "\n".join(lines) + "\n"


def main(folder: Path) -> None:
    """Write the schema and the tables into ``folder``."""
    (folder / "estate.schema.json").write_text(schema_text(), encoding="utf-8")
    guide = folder / "estate.md"
    guide.write_text(with_tables(guide.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
