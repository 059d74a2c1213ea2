"""``jiyun apply``: make the store agree with an estate file."""

from pathlib import Path
from typing import Annotated

import typer

from cli.estate import show_outcome
from cli.frame.options import DryRun, command, group
from cli.session import session
from jiyun.language import t

app = group("apply")
File = Annotated[Path, typer.Option("-f", "--file", help=t("The estate file", "资源清单文件"))]


@command(
    app,
    "apply",
    t("Apply an estate file: all of it or nothing", "应用资源清单文件：全部生效或全不生效"),
    examples=("jiyun apply -f inventory/examples/zhuzhou.yaml",),
)
def apply(file: File, dry_run: DryRun = False) -> None:
    from workflows import estate_apply

    with session() as opened:
        outcome = estate_apply.plan(opened, file) if dry_run else estate_apply.apply(opened, file)
    show_outcome(outcome, applied=not dry_run)
