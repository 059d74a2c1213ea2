"""The JSON schema (2020-12) of the estate file, for editors.  It is made from the declarations that the reader follows.

What the reader accepts, the schema accepts.  The schema cannot say what holds between entries: the reader checks that.
"""

import json
from datetime import date
from typing import Any

from workflows.estate.model import Estate
from workflows.estate.records import Declared, declared, record_types


def schema() -> dict[str, Any]:
    """The schema as plain values."""
    inner = {cls.__name__: _record(cls) for cls in record_types(Estate) if cls is not Estate}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Jiyun estate file",
        **_record(Estate),
        "$defs": inner,
    }


def schema_text() -> str:
    """The schema as it is published."""
    return json.dumps(schema(), ensure_ascii=False, indent=2) + "\n"


def _record(cls: type[Any]) -> dict[str, Any]:
    known = declared(cls)
    return {
        "type": "object",
        "properties": {field.name: _field(field) for field in known},
        "required": [field.name for field in known if field.required],
        "additionalProperties": False,
    }


def _field(field: Declared) -> dict[str, Any]:
    meaning = field.about.meaning
    described = field.about.type.schema() | {"description": f"{meaning.en} / {meaning.zh}"}
    default = field.default.isoformat() if isinstance(field.default, date) else field.default
    if field.required or default in ("", None, ()):
        return described
    return described | {"default": default}
