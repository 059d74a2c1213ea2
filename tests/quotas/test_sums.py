"""The sums of use are the database's own: no statement of the program writes them, and only quotas writes allocations."""

import re
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
WRITES = re.compile(r"\b(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM|REPLACE\s+INTO)\s+(quota_use|host_use|allocation)\b", re.IGNORECASE)


def test_only_triggers_write_sums_and_only_quotas_writes_allocations() -> None:
    files = [file for file in REPOSITORY.glob("*/*.sql") if "migrations" not in file.parts]
    written = {(file.name, table) for file in files for table in WRITES.findall(file.read_text(encoding="utf-8"))}
    assert written == {("quotas.sql", "allocation")}
