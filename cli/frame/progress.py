"""Progress of long work: on a terminal's standard error; nothing at all where that is piped or ``--quiet`` was given.

with progress(t("Building", "正在构建"), quiet=call().quiet) as p:
    p.step("debootstrap")
    p.bytes(done, total)
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from cli.frame.text import escape

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


class Reporter(Protocol):
    """What long work tells about itself."""

    def step(self, text: str) -> None:
        """A new step begins."""

    def bytes(self, done: int, total: int | None) -> None:
        """``done`` of ``total`` bytes of the current step; None where the total is not known."""


class Silent:
    """Says nothing."""

    def step(self, text: str) -> None:
        """Nothing is shown."""

    def bytes(self, done: int, total: int | None) -> None:
        """Nothing is shown."""


class Bar:
    """One line on the terminal: the title, the step, how far it is and how long it took; finished steps stay above it."""

    def __init__(self, shown: "Progress", title: str) -> None:
        self._shown = shown
        self._title = escape(title)
        self._step = ""
        self._task: TaskID = shown.add_task(self._title, total=None)

    def step(self, text: str) -> None:
        self.finish_step()
        self._step = escape(text)
        self._shown.reset(self._task, description=f"{self._title}: {self._step}", total=None)

    def bytes(self, done: int, total: int | None) -> None:
        self._shown.update(self._task, completed=done, total=total)

    def finish_step(self) -> None:
        """Leave a line for the step that has just ended."""
        if self._step:
            self._shown.console.print(f"  {self._step}", markup=False, highlight=False)
            self._step = ""


@contextmanager
def progress(title: str, *, quiet: bool = False) -> Iterator[Reporter]:
    """A reporter for the work inside; rich is imported only where something is shown."""
    if quiet or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield Silent()
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), BarColumn(bar_width=24), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        bar = Bar(shown, title)
        yield bar
        bar.finish_step()
