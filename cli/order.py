"""``jiyun order``: applications, their review, approval and fulfilment."""

from typing import Annotated

import click
import typer

from cli.frame.options import DryRun, Reason, Wait, Yes, call, command, confirm, group
from cli.frame.output import show
from cli.order_view import LIST, show_state, show_steps, show_view
from cli.session import done, session, when, working
from jiyun.language import t
from orders.states import STATES

app = group("order")
Order = Annotated[
    str, typer.Argument(metavar="ORDER", help=t("The order's number, such as ord-000001", "申请编号，例如 ord-000001"))
]
ITEMS = ("feasibility", "reasonableness", "security", "standards")


@command(
    app,
    "submit",
    t("Apply for a machine, by options or by a file", "申请虚机：用选项或文件"),
    examples=(
        "jiyun order submit --system SYSTEM --flavor small.1 --image debian-12 --segment SEGMENT --hostname tax-1 --disk 2GiB",
        "jiyun order submit -f order.yaml --dry-run",
    ),
)
def submit(
    file: Annotated[str, typer.Option("-f", "--file", help=t("A YAML file with the same fields", "含相同字段的 YAML 文件"))] = "",
    system: Annotated[str, typer.Option(help=t("The application system", "应用系统"))] = "",
    flavor: Annotated[str, typer.Option(help=t("The flavor", "规格"))] = "",
    image: Annotated[str, typer.Option(help=t("The image", "镜像"))] = "",
    segment: Annotated[str, typer.Option(help=t("The network segment", "网段"))] = "",
    hostname: Annotated[str, typer.Option(help=t("The machine's name", "主机名"))] = "",
    disk: Annotated[
        list[str] | None, typer.Option(help=t("A data disk, such as 20GiB; may be repeated", "数据盘，例如 20GiB；可多次给出"))
    ] = None,
    tier: Annotated[str, typer.Option(help=t("Storage tier of the disks", "磁盘的存储层级"))] = "",
    ssh_key: Annotated[
        list[str] | None, typer.Option("--ssh-key", help=t("An OpenSSH public key that may log in", "可登录的 OpenSSH 公钥"))
    ] = None,
    purpose: Annotated[str, typer.Option(help=t("What it is for, one line", "用途，一行"))] = "",
    dry_run: DryRun = False,
) -> None:
    from workflows import order
    from workflows.order_file import read_spec

    given = {
        "system": system,
        "flavor": flavor,
        "image": image,
        "segment": segment,
        "hostname": hostname,
        "disks": disk or [],
        "tier": tier,
        "ssh_keys": ssh_key or [],
        "purpose": purpose,
    }
    with session() as opened:
        spec = read_spec(opened, file, given)
        number = order.submit(opened, spec, dry_run=dry_run)
    if dry_run:
        done(t("The application is complete; nothing was submitted.", "申请完整；未提交。"), order=None, spec=spec.plain())
    else:
        done(t(f"Submitted as {number}.", f"已提交，编号 {number}。"), order=number, spec=spec.plain())


@command(app, "list", t("List orders", "列出申请"), examples=("jiyun order list", "jiyun order list --state failed -o json"))
def list_orders(
    state: Annotated[
        str | None,
        typer.Option(
            click_type=click.Choice(list(STATES)),
            metavar="STATE",
            help=t(f"Only orders in this state: {', '.join(STATES)}", f"仅此状态的申请：{'、'.join(STATES)}"),
        ),
    ] = None,
) -> None:
    from workflows import lists

    with session() as opened:
        rows = lists.orders(opened, state or "")
    show([{**row, "submitted": when(row["submitted_at"])} for row in rows], LIST, call().output)


@command(
    app,
    "show",
    t("Show an order with its reviews, plan and steps", "显示申请及其审查、方案与步骤"),
    examples=("jiyun order show ord-000001",),
)
def show_order(order: Order) -> None:
    from workflows.order import show as view

    with session() as opened:
        found = view(opened, order)
    show_view(order, found)


@command(
    app,
    "review",
    t("Record review items (M30)", "记录审查项（M30）"),
    examples=(
        "jiyun --as reviewer order review ord-000001 --item security --pass",
        "jiyun order review ord-000001 --all --pass --comment ok",
        "jiyun order review ord-000001 --item standards --fail --comment 'no IPv6'",
    ),
)
def review(
    order: Order,
    passed: Annotated[bool, typer.Option("--pass/--fail", help=t("The result", "结果"))],
    item: Annotated[
        list[str] | None,
        typer.Option(help=t(f"One of {', '.join(ITEMS)}; may be repeated", f"{'、'.join(ITEMS)} 之一；可多次给出")),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help=t("All four items", "全部四项"))] = False,
    comment: Annotated[str, typer.Option(help=t("Why", "意见"))] = "",
    dry_run: DryRun = False,
) -> None:
    from workflows.order import review as record

    with session() as opened:
        state = record(opened, order, ITEMS if every else tuple(item or ()), passed=passed, comment=comment, dry_run=dry_run)
    show_state(order, state, dry_run)


@command(
    app,
    "approve",
    t("Approve: fix the plan and hold quota, capacity and addresses", "批准：确定方案并占用配额、容量与地址"),
    examples=("jiyun --as approver order approve ord-000001", "jiyun order approve ord-000001 --dry-run"),
)
def approve(order: Order, dry_run: DryRun = False) -> None:
    from workflows.order import approve as decide

    with session() as opened:
        machine, plan_hash = decide(opened, order, dry_run=dry_run)
    where = f"{machine.host.name}, address {machine.port.ipv4}"
    verb, zh = ("would get", "将得到") if dry_run else ("has", "已得到")
    done(
        t(
            f"{order} {verb} {machine.id} on {where}; plan {plan_hash[:16]}.",
            f"{order} {zh} {machine.id}，主机 {machine.host.name}，地址 {machine.port.ipv4}；方案 {plan_hash[:16]}。",
        ),
        order=order,
        machine=machine.id,
        host=machine.host.name,
        ipv4=machine.port.ipv4,
        ipv6=machine.port.ipv6,
        plan_hash=plan_hash,
        dry_run=dry_run,
    )


@command(
    app,
    "reject",
    t("Refuse an application", "驳回申请"),
    examples=("jiyun --as approver order reject ord-000001 --reason 'no budget'",),
)
def reject(order: Order, reason: Reason, dry_run: DryRun = False) -> None:
    from workflows.order import reject as refuse

    with session() as opened:
        state = refuse(opened, order, reason, dry_run=dry_run)
    show_state(order, state, dry_run)


@command(
    app,
    "withdraw",
    t("Take an application back", "撤回申请"),
    examples=("jiyun order withdraw ord-000001 --reason 'asked twice'",),
)
def withdraw(order: Order, reason: Reason, dry_run: DryRun = False) -> None:
    from workflows.order import withdraw as take_back

    with session() as opened:
        state = take_back(opened, order, reason, dry_run=dry_run)
    show_state(order, state, dry_run)


@command(
    app,
    "fulfil",
    t("Build what was approved, or go on where an earlier run stopped", "建设已批准的内容，或从上次停下处继续"),
    examples=("jiyun order fulfil ord-000001", "jiyun order fulfil ord-000001 --wait"),
)
def fulfil(
    order: Order,
    wait: Wait = False,
    reach: Annotated[
        int, typer.Option("--reach-seconds", min=1, max=7200, help=t("How long to wait for SSH", "等待 SSH 的秒数"))
    ] = 900,
    dry_run: DryRun = False,
) -> None:
    from workflows import fulfil as work

    with session() as opened:
        if dry_run:
            show_steps(work.remaining(opened, order))
            return
        with working(order) as progress:
            work.fulfil(opened, order, progress, reach_seconds=reach, wait=wait)
        found = work.delivered(opened, order)
    done(
        t(
            f"{order} is active: {found['hostname']} ({found['id']}) at {found['ipv4']}.",
            f"{order} 已验收：{found['hostname']}（{found['id']}），地址 {found['ipv4']}。",
        ),
        order=order,
        **found,
    )


@command(
    app,
    "cancel",
    t("Undo an order that is not in use yet", "撤销尚未启用的申请"),
    examples=("jiyun order cancel ord-000001 --reason 'not needed' --yes",),
)
def cancel(order: Order, reason: Reason, yes: Yes = False, dry_run: DryRun = False) -> None:
    from workflows import fulfil as work

    with session() as opened:
        if dry_run:
            show_steps(work.to_undo(opened, order))
            return
        confirm(t(f"Undo {order} and remove what was built?", f"撤销 {order} 并移除已建内容？"), yes)
        with working(order) as progress:
            work.cancel(opened, order, reason, progress)
    done(t(f"{order} is cancelled; everything was given back.", f"{order} 已撤销；全部归还。"), order=order, state="cancelled")
