"""``jiyun plan``: what an estate file would change."""

from cli.apply import File
from cli.estate import show_outcome
from cli.frame.options import command, group
from cli.session import session
from jiyun.language import t

app = group("plan")


@command(
    app,
    "plan",
    t("Show what an estate file would change; nothing is changed", "显示资源清单文件将带来的变化，不作任何改动"),
    examples=("jiyun plan -f inventory/examples/zhuzhou.yaml", "jiyun plan -f estate.yaml -o json"),
)
def plan(file: File) -> None:
    from workflows import estate_apply

    with session() as opened:
        outcome = estate_apply.plan(opened, file)
    show_outcome(outcome, applied=False)
