"""What ``jiyun order`` prints: the list, one order with everything about it, what was done or would be."""

from typing import TYPE_CHECKING

from cli.frame.options import call
from cli.frame.output import Format, document, show, show_one
from cli.frame.table import column
from cli.session import done, when
from jiyun.language import t
from jiyun.units import show_mib
from orders.states import NEXT, STATES

if TYPE_CHECKING:
    from workflows.order import OrderView

LIST = (
    column("id", "ORDER", "申请", keep=True),
    column("state", "STATE", "状态", keep=True),
    column("department", "DEPARTMENT", "部门"),
    column("system", "SYSTEM", "系统"),
    column("cloud", "CLOUD", "云", spare=True),
    column("applicant", "APPLICANT", "申请人", spare=True),
    column("submitted", "SUBMITTED", "提交时间", keep=True),
    column("reason", "REASON", "原因"),
)
ONE = (
    *LIST,
    column("meaning", "MEANING", "含义"),
    column("next", "NEXT", "下一步"),
)
REVIEWS = (
    column("item", "ITEM", "审查项", keep=True),
    column("result", "RESULT", "结果"),
    column("reviewer", "REVIEWER", "审查人"),
    column("at", "TIME", "时间"),
    column("comment", "COMMENT", "意见"),
)
STEPS = (
    column("step", "STEP", "步骤", keep=True),
    column("direction", "WAY", "方向"),
    column("outcome", "OUTCOME", "结果"),
    column("seconds", "SECONDS", "秒", number=True),
    column("note", "NOTE", "说明"),
)
MACHINE = (
    column("machine", "MACHINE", "虚机", keep=True),
    column("hostname", "HOSTNAME", "主机名"),
    column("host", "HOST", "主机"),
    column("address", "ADDRESS", "地址"),
    column("size", "SIZE", "规格"),
    column("plan_hash", "PLAN HASH", "方案哈希"),
)


def show_view(order: str, found: "OrderView") -> None:
    """One order: what it is and what comes next, its plan, its reviews and its steps."""
    output = call().output
    row = {**found.row, "submitted": when(found.row["submitted_at"])}
    planned = _plan_row(found.plan["machine"], found.row["plan_hash"]) if found.plan else {}
    if output is Format.CSV:
        show_one({**row, **planned}, (*LIST, *MACHINE), output)
        return
    if output is not Format.TABLE:
        shown = {name: value for name, value in found.row.items() if name not in ("spec", "plan")}
        plain = {**shown, "spec": found.spec, "plan": found.plan, "reviews": found.reviews, "events": found.events}
        document({**plain, "steps": found.steps}, output)
        return
    state = found.row["state"]
    show_one({**row, "meaning": str(STATES[state]), "next": NEXT[state].fill(order=order)}, ONE, output)
    if planned:
        print()
        show_one(planned, MACHINE, output)
    if found.reviews:
        print()
        show([{**row, "at": when(row["at"])} for row in found.reviews], REVIEWS, output)
    if found.steps:
        print()
        show([{**row, "seconds": row["ended_at"] - row["started_at"]} for row in found.steps], STEPS, output)


def _plan_row(machine: dict[str, object], plan_hash: str) -> dict[str, object]:
    port, host, volumes = machine["port"], machine["host"], machine["volumes"]
    assert isinstance(port, dict) and isinstance(host, dict) and isinstance(volumes, list)
    disks = " + ".join(show_mib(volume["size_mib"]) for volume in volumes)
    memory = machine["memory_mib"]
    assert isinstance(memory, int)
    return {
        "machine": machine["id"],
        "hostname": machine["hostname"],
        "host": host["name"],
        "address": " ".join(address for address in (port["ipv4"], port["ipv6"]) if address),
        "size": f"{machine['vcpus']} vCPU, {show_mib(memory)}, {disks}",
        "plan_hash": plan_hash,
    }


def show_state(order: str, state: str, dry_run: bool) -> None:
    if dry_run:
        said = t(f"{order} would be {state}; nothing was changed.", f"{order} 将变为 {state}；未作任何改动。")
    else:
        said = t(f"{order} is {state}.", f"{order} 状态：{state}。")
    done(said, order=order, state=state, dry_run=dry_run)


def show_steps(names: list[str]) -> None:
    said = ", ".join(names) or t("nothing", "无")
    done(t(f"Would run: {said}.", f"将执行：{said}。"), steps=names)
