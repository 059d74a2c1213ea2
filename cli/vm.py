"""``jiyun vm``: machines in use."""

import sys
from typing import Annotated

import typer

from cli.frame.options import DryRun, Yes, call, command, confirm, group
from cli.frame.output import Format, document, show, show_one
from cli.frame.table import column
from cli.session import done, session, when, working
from jiyun.language import t
from jiyun.units import show_mib

app = group("vm")
Name = Annotated[str, typer.Argument(metavar="MACHINE", help=t("Its id, or its host name", "编号或主机名"))]

LIST = (
    column("id", "MACHINE", "虚机", keep=True),
    column("hostname", "HOSTNAME", "主机名", keep=True),
    column("department", "DEPARTMENT", "部门"),
    column("system", "SYSTEM", "系统", spare=True),
    column("cloud", "CLOUD", "云", spare=True),
    column("host", "HOST", "主机", spare=True),
    column("ipv4", "ADDRESS", "地址", keep=True),
    column("vcpus", "VCPU", "核数", number=True),
    column("memory", "MEMORY", "内存", number=True),
    column("state", "STATE", "状态"),
    column("power", "POWER", "电源"),
)
ONE = (
    *LIST,
    column("order_id", "ORDER", "申请"),
    column("image", "IMAGE", "镜像"),
    column("flavor", "FLAVOR", "规格"),
    column("segment", "SEGMENT", "网段"),
    column("ipv6", "IPV6", "IPv6"),
    column("mac", "MAC", "MAC"),
    column("host_key", "SSH HOST KEY", "SSH 主机密钥"),
    column("disks", "DISKS", "磁盘"),
    column("created", "PLANNED", "规划时间"),
)


@command(app, "list", t("List machines", "列出虚机"), examples=("jiyun vm list", "jiyun vm list --ended -o csv"))
def list_machines(
    ended: Annotated[bool, typer.Option("--ended", help=t("Also those that are gone", "包括已删除的"))] = False,
) -> None:
    from workflows import lists

    with session() as opened:
        rows = lists.machines(opened, ended=ended)
    show([{**row, "memory": show_mib(row["memory_mib"])} for row in rows], LIST, call().output)


@command(app, "show", t("Show one machine", "显示一台虚机"), examples=("jiyun vm show tax-1",))
def show_machine(name: Name) -> None:
    from workflows import machines

    with session() as opened:
        row, machine, volumes, steps = machines.show(opened, name)
    plain = {key: value for key, value in row.items() if key != "spec"}
    plain |= {"ipv6": machine.port.ipv6, "mac": machine.port.mac, "host_key": machine.host_key}
    if call().output in (Format.JSON, Format.YAML):
        document({**plain, "volumes": volumes, "steps": steps}, call().output)
        return
    disks = ", ".join(f"{volume['role']} {show_mib(volume['size_mib'])} ({volume['state']})" for volume in volumes)
    extra = {"memory": show_mib(row["memory_mib"]), "disks": disks, "created": when(row["created_at"])}
    show_one({**plain, **extra}, ONE, call().output)


@command(app, "start", t("Start a machine", "启动虚机"), examples=("jiyun vm start tax-1",))
def start(name: Name, dry_run: DryRun = False) -> None:
    _power(name, "start", dry_run)


@command(app, "stop", t("Shut a machine down", "关闭虚机"), examples=("jiyun vm stop tax-1", "jiyun vm stop tax-1 --force"))
def stop(
    name: Name,
    force: Annotated[bool, typer.Option("--force", help=t("Switch off at once", "立即断电"))] = False,
    dry_run: DryRun = False,
) -> None:
    _power(name, "force-stop" if force else "stop", dry_run)


@command(app, "reboot", t("Restart a machine", "重启虚机"), examples=("jiyun vm reboot tax-1",))
def reboot(name: Name, dry_run: DryRun = False) -> None:
    _power(name, "reboot", dry_run)


_VERBS = {"start": "启动", "stop": "关闭", "force-stop": "强制断电", "reboot": "重启"}


def _power(name: str, what: str, dry_run: bool) -> None:
    from workflows import machines

    with session() as opened:
        if dry_run:
            row, _ = machines.entered(opened, name, "vm.power")
            said = t(f"Would {what} {row['id']}.", f"将{_VERBS[what]} {row['id']}。")
            done(said, machine=row["id"], action=what, dry_run=True)
            return
        with working(name):
            state = machines.power(opened, name, what)
    done(t(f"{name} is {state}.", f"{name} 状态：{state}。"), machine=name, power=state)


@command(
    app,
    "console",
    t("Open the serial console (Ctrl-] leaves), or print its kept log", "打开串口控制台（Ctrl-] 退出），或打印其日志"),
    examples=("jiyun vm console tax-1", "jiyun vm console tax-1 --log --lines 100"),
)
def console(
    name: Name,
    log: Annotated[bool, typer.Option("--log", help=t("Print the kept log", "打印日志"))] = False,
    lines: Annotated[int, typer.Option(min=1, max=100_000, help=t("How many lines of it", "行数"))] = 50,
) -> None:
    from workflows import machines

    with session() as opened:
        if log:
            text = machines.console_log(opened, name, lines)
            done(text, machine=name, log=text.splitlines())
        else:
            machines.open_console(opened, name)


@command(
    app,
    "ssh",
    t("Log in over SSH; the host key is the one made for the machine", "以 SSH 登录；主机密钥为该虚机专属"),
    examples=("jiyun vm ssh tax-1", "jiyun vm ssh tax-1 -- uptime"),
)
def ssh(
    name: Name,
    remote: Annotated[
        list[str] | None, typer.Argument(metavar="COMMAND", help=t("A command to run there", "在虚机上运行的命令"))
    ] = None,
) -> None:
    import os

    from workflows import machines

    with session() as opened:
        argv = machines.ssh_command(opened, name)
    sys.stdout.flush()
    os.execvp(argv[0], [*argv, *(remote or [])])  # noqa: S606 - no shell is wanted


@command(
    app,
    "delete",
    t("Delete a machine: off, wiped as its protection level demands, quota free", "删除虚机：关机、按等保级别擦除、释放配额"),
    examples=("jiyun vm delete tax-1 --yes", "jiyun vm delete tax-1 --dry-run"),
)
def delete(name: Name, yes: Yes = False, dry_run: DryRun = False) -> None:
    from workflows import machines, retire

    with session() as opened:
        row = machines.show(opened, name)[0]
        if dry_run:
            names = retire.remaining(opened, row["id"])
            done(t(f"Would run: {', '.join(names)}.", f"将执行：{'、'.join(names)}。"), machine=row["id"], steps=names)
            return
        confirm(
            t(
                f"Delete {row['hostname']} ({row['id']}) with all its disks?",
                f"删除 {row['hostname']}（{row['id']}）及其全部磁盘？",
            ),
            yes,
        )
        with working(row["id"]) as progress:
            retire.delete(opened, row["id"], progress)
    done(
        t(f"{row['id']} is deleted; its quota is free.", f"{row['id']} 已删除；配额已释放。"), machine=row["id"], state="deleted"
    )
