"""``jiyun db``: the schema of the store."""

from cli.frame.options import DryRun, call, command, group
from cli.frame.output import show_one
from cli.frame.table import column
from cli.session import done
from jiyun.language import t

app = group("db")
COLUMNS = (
    column("database", "DATABASE", "数据库"),
    column("version", "SCHEMA", "结构版本", number=True),
    column("needed", "NEEDED", "所需版本", number=True),
)


@command(app, "status", t("Show the schema version", "显示结构版本"), examples=("jiyun db status",))
def status() -> None:
    from workflows.setup import schema

    settings = call().settings
    found, needed = schema(settings.database)
    row = {"database": settings.shown_database(), "version": found, "needed": needed}
    show_one(row, COLUMNS, call().output)


@command(
    app,
    "upgrade",
    t("Apply what is missing; it only goes forward", "应用缺少的迁移，只进不退"),
    examples=("jiyun db upgrade", "jiyun db upgrade --dry-run"),
)
def upgrade(dry_run: DryRun = False) -> None:
    from workflows.setup import upgrade_schema

    settings = call().settings
    names = upgrade_schema(settings.database, settings.actor, dry_run=dry_run)
    said = ", ".join(names) or t("nothing", "无")
    done(
        t(f"Would apply: {said}.", f"将应用：{said}。") if dry_run else t(f"Applied: {said}.", f"已应用：{said}。"),
        migrations=names,
    )
