"""What ``apply`` and ``plan`` print."""

from cli.frame.options import call
from cli.frame.output import Format, document, show
from cli.frame.table import column
from jiyun.language import t
from workflows.estate_apply import Outcome

COLUMNS = (
    column("action", "CHANGE", "变更", keep=True),
    column("name", "NAME", "名称", keep=True),
    column("detail", "DETAIL", "内容"),
)


def show_outcome(outcome: Outcome, applied: bool) -> None:
    """The changes, then one line that sums them up."""
    rows = [{"action": change.action, "name": change.name, "detail": change.detail} for change in outcome.changes]
    output = call().output
    if output in (Format.JSON, Format.YAML):
        document({"applied": applied, "changes": rows, "same": outcome.same}, output)
        return
    if rows or output is Format.CSV:
        show(rows, COLUMNS, output)
    if output is Format.TABLE:
        changed = len(rows)
        if applied:
            print(t(f"{changed} changed, {outcome.same} the same.", f"变更 {changed} 项，{outcome.same} 项无变化。"))
        else:
            print(t(f"{changed} would change, {outcome.same} are the same.", f"将变更 {changed} 项，{outcome.same} 项无变化。"))
