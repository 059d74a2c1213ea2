"""``jiyun clock``: the clock of a simulated store."""

from typing import Annotated

import typer

from cli.frame.options import DryRun, call, command, group
from cli.frame.output import show_one
from cli.frame.table import column
from cli.session import done, session, when
from jiyun import clock
from jiyun.language import t

app = group("clock")
COLUMNS = (column("now", "NOW", "当前时间"), column("kind", "STORE", "数据库"))


@command(app, "show", t("Show the store's time", "显示数据库时间"), examples=("jiyun clock show",))
def show_clock() -> None:
    with session() as opened, opened.read() as tx:
        row = {"now": when(tx.now), "kind": opened.store.facts.kind}
    show_one(row, COLUMNS, call().output)


@command(
    app,
    "advance",
    t("Set the clock of a simulated store forward", "将演练数据库的时钟向前拨"),
    examples=("jiyun clock advance 2026-12-01", "jiyun clock advance 2026-12-01T08:00:00Z"),
)
def advance(
    to: Annotated[str, typer.Argument(metavar="TIME", help=t("The new time", "新的时间"))], dry_run: DryRun = False
) -> None:
    from workflows.setup import advance_clock

    seconds = clock.parse(to)
    with session() as opened:
        advance_clock(opened, seconds, dry_run=dry_run)
    if dry_run:
        said = t(f"The clock would be set to {when(seconds)}.", f"将把时钟拨至 {when(seconds)}。")
    else:
        said = t(f"The clock stands at {when(seconds)}.", f"时钟已拨至 {when(seconds)}。")
    done(said, now=clock.iso(seconds), dry_run=dry_run)
