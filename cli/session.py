"""The session of a command, and what every command prints about it."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from cli.frame.options import call
from cli.frame.output import Format, document, emit, show, show_one
from cli.frame.progress import progress
from cli.frame.table import Column, cell, column
from jiyun import clock
from jiyun.language import Text, t
from workflows.progress import Progress
from workflows.session import Session, open_session

SIMULATED = column("simulated", "SIMULATED", "演练")
LABELS = {
    "department": Text("department", "部门"),
    "month": Text("month", "月份"),
    "total": Text("exact total of the lines (yuan)", "各行精确合计（元）"),
    "rounding": Text("rounding to a whole fen, half to even (yuan)", "舍入到分，四舍六入五成双（元）"),
    "payable": Text("payable (yuan)", "应付（元）"),
    "cutoff": Text("holds what was recorded until", "计入的记录截至"),
    "digest": Text("digest of the lines", "明细摘要"),
    "marks": Text("note", "说明"),
    "findings": Text("events that do not fit together", "前后不符的事件"),
    "legend": Text("bars", "图例"),
}


@contextmanager
def session() -> Iterator[Session]:
    """The store that the global options name, opened for the one who acts."""
    settings = call().settings
    with open_session(settings.database, settings.home, settings.actor) as opened:
        yield opened


@contextmanager
def working(title: str) -> Iterator[Progress]:
    """Progress of long work on the terminal; silent when piped or quiet."""
    with progress(title, quiet=call().quiet) as shown:
        yield Progress(shown.step, shown.bytes)


def report(opened: Session, rows: Sequence[Mapping[str, Any]], columns: Sequence[Column], **facts: Any) -> None:
    """Print a report: its rows, and what it is.  A report of a simulated store says so in every form.

    In a table the mark is the first line, on standard output, so that it stays with what is printed or kept.
    """
    simulated = opened.store.facts.kind == "simulated"
    output = call().output
    if output in (Format.JSON, Format.YAML):
        document({"simulated": simulated, **facts, "rows": [dict(row) for row in rows]}, output)
    elif output is Format.CSV:
        mark = (SIMULATED,) if simulated else ()
        show([{**row, "simulated": simulated} for row in rows], (*columns, *mark), output)
    else:
        _mark(simulated)
        show(rows, columns, output)
        for name, value in facts.items():
            emit(f"{LABELS.get(name, name)}{t(': ', '：')}{cell(value)}")


def report_one(opened: Session, thing: Mapping[str, Any], columns: Sequence[Column]) -> None:
    """Print a report that is a single thing, marked in the same way."""
    simulated = opened.store.facts.kind == "simulated"
    output = call().output
    if output is Format.TABLE:
        _mark(simulated)
    show_one({**thing, "simulated": simulated}, (*columns, SIMULATED) if output is Format.CSV and simulated else columns, output)


def _mark(simulated: bool) -> None:
    if simulated:
        emit(t("SIMULATED STORE: nothing here is a real record.", "演练数据库：以下内容均非正式记录。"))


def done(message: str, **facts: Any) -> None:
    """Say what was done: a sentence, or with ``-o json`` the facts."""
    output = call().output
    if output in (Format.JSON, Format.YAML):
        document(facts, output)
    else:
        emit(message)


def when(seconds: int | None) -> str:
    """A time: the city's own in a table, UTC for programs; empty where there is none."""
    if not seconds:
        return ""
    return clock.local(seconds) if call().output is Format.TABLE else clock.iso(seconds)
