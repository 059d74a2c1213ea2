"""The session of a command, and what every command prints about it."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from cli.frame.options import call
from cli.frame.output import Format, document, show
from cli.frame.progress import progress
from cli.frame.table import Column
from jiyun import clock
from jiyun.language import t
from workflows.progress import Progress
from workflows.session import Session, open_session


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
    """Print a report: its rows, and what it is.  A report of a simulated store always says so."""
    simulated = opened.store.facts.kind == "simulated"
    output = call().output
    if output in (Format.JSON, Format.YAML):
        document({"simulated": simulated, **facts, "rows": [dict(row) for row in rows]}, output)
        return
    if simulated:
        print(t("SIMULATED STORE: nothing here is a real record.", "演练数据库：以下内容均非正式记录。"), file=sys.stderr)
    show(rows, columns, output)
    if output is Format.TABLE:
        for name, value in facts.items():
            print(f"{name}: {value}")


def done(message: str, **facts: Any) -> None:
    """Say what was done: a sentence, or with ``-o json`` the facts."""
    output = call().output
    if output in (Format.JSON, Format.YAML):
        document(facts, output)
    else:
        print(message)


def when(seconds: int | None) -> str:
    """A time in a table; empty where there is none."""
    return clock.iso(seconds) if seconds else ""
