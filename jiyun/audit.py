"""The audit chain: one entry for each change, written in the change's own transaction, each hash over the last.

``hash = SHA-256(canonical JSON of every other column)``; ``prev`` is the hash before, empty for the first entry.
"""

import os
from collections.abc import Iterator
from typing import Any, NamedTuple

from jiyun.language import t
from jiyun.store.engine import SQL, Row, Tx

_PAGE = 1000


class Finding(NamedTuple):
    """Where the chain does not hold, and how."""

    seq: int
    what: str


class Verdict(NamedTuple):
    """What a walk over the whole chain found; ``head`` is the last hash, to be kept outside."""

    entries: int
    head: str
    findings: tuple[Finding, ...]


def append(tx: Tx, action: str, subject: str, department: str = "", /, **detail: Any) -> str:
    """Add the entry of a change to the chain; its hash.  The only place that writes ``audit``.

    ``action`` is ``noun.verb``; ``department`` is whose affair it is (empty: the operator's).  Never pass a secret.
    """
    from jiyun import canonical  # with json and OpenSSL: only what writes or verifies waits for it

    last = tx.first(SQL.audit_head)
    row: Row = {
        "seq": last["seq"] + 1 if last else 1,
        "at": tx.now,
        "actor": tx.actor,
        "via": f"uid {os.getuid()}",
        "action": action,
        "subject": subject,
        "department": department,
        "detail": canonical.encode(detail),
        "prev": last["hash"] if last else "",
    }
    row["hash"] = canonical.digest(row)
    tx.run(SQL.audit_insert, **row)
    return str(row["hash"])


def recent(tx: Tx, *, subject: str = "", department: str = "", count: int = 50) -> list[Row]:
    """The newest entries first."""
    return tx.all(SQL.audit_recent, subject=subject, department=department, count=count)


def head(tx: Tx) -> int:
    """The number of the last entry; 0 in an empty log."""
    last = tx.first(SQL.audit_head)
    return int(last["seq"]) if last else 0


def since(tx: Tx, seq: int) -> list[Row]:
    """Every entry after number ``seq``, in order: what this transaction has done so far."""
    rows: list[Row] = []
    while page := tx.all(SQL.audit_page, after=rows[-1]["seq"] if rows else seq, count=_PAGE):
        rows += page
    return rows


def walk(tx: Tx) -> Iterator[Row]:
    """Every entry in order, a page at a time."""
    after = 0
    while rows := tx.all(SQL.audit_page, after=after, count=_PAGE):
        yield from rows
        after = rows[-1]["seq"]


def verify(tx: Tx, expected_head: str = "") -> Verdict:
    """Recompute the chain.  ``expected_head`` is a hash noted earlier: it must still stand in the chain."""
    from jiyun import canonical

    findings: list[Finding] = []
    count, previous, seen = 0, "", not expected_head
    for row in walk(tx):
        count += 1
        content = {key: value for key, value in row.items() if key != "hash"}
        if row["seq"] != count:
            findings.append(Finding(row["seq"], t(f"entry {count} is missing", f"缺少第 {count} 条")))
            count = row["seq"]
        if row["prev"] != previous:
            findings.append(Finding(row["seq"], t("does not follow the entry before it", "与前一条不衔接")))
        if canonical.digest(content) != row["hash"]:
            findings.append(Finding(row["seq"], t("was changed after it was written", "写入后被改动")))
        previous = row["hash"]
        seen = seen or previous == expected_head
    if not seen:
        lost = t(f"the chain no longer holds the head {expected_head}", f"链中已没有链头 {expected_head}")
        findings.append(Finding(count, lost))
    return Verdict(count, previous, tuple(findings))
