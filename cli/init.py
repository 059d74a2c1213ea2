"""``jiyun init``: make a store."""

from typing import Annotated

import typer

from cli.frame.options import DryRun, call, command, group
from cli.session import done
from jiyun import clock
from jiyun.language import t

app = group("init")


@command(
    app,
    "init",
    t("Make a new store, with its keys beside it", "新建数据库及其密钥"),
    examples=("jiyun init --city 株洲", "jiyun init --simulated --at 2026-01-01"),
)
def init(
    city: Annotated[str, typer.Option(help=t("Whose cloud it is", "所属城市"))] = "",
    simulated: Annotated[
        bool, typer.Option("--simulated", help=t("A store for training, whose clock can be set", "演练用，时钟可设置"))
    ] = False,
    at: Annotated[str, typer.Option("--at", metavar="TIME", help=t("Where a simulated clock begins", "模拟时钟的起点"))] = "",
    dry_run: DryRun = False,
) -> None:
    from workflows.setup import initialise

    settings = call().settings
    begins = (clock.parse(at) if at else clock.SystemClock().now()) if simulated else None
    if dry_run:
        from jiyun.store.create import require_absent

        require_absent(settings.database)
        said = t(f"Would make a store at {settings.shown_database()}.", f"将在 {settings.shown_database()} 创建数据库。")
        done(said, database=settings.shown_database(), dry_run=True)
        return
    store = initialise(settings.database, settings.home, city=city, actor=settings.actor, simulated_at=begins)
    facts = store.facts
    store.close()
    kind = t(facts.kind, {"real": "正式", "simulated": "演练"}[facts.kind])
    done(
        t(f"Made a {kind} store at {settings.shown_database()}.", f"已在 {settings.shown_database()} 创建{kind}数据库。"),
        id=facts.id,
        kind=facts.kind,
        database=settings.shown_database(),
    )
