"""``jiyun host``: hypervisors."""

from typing import Annotated, Any

import typer

from cli.frame.options import DryRun, call, command, group
from cli.frame.output import Format, document, show, show_one
from cli.frame.table import column
from cli.session import done, session, when, working
from jiyun.language import t
from jiyun.units import show_mib

app = group("host")
Name = Annotated[str, typer.Argument(metavar="HOST", help=t("Its name", "名称"))]
LIST = (
    column("name", "HOST", "主机", keep=True),
    column("site", "SITE", "站点"),
    column("clouds", "CLOUDS", "云"),
    column("runs", "RUNS", "虚拟化"),
    column("vcpu", "VCPU", "核数", number=True),
    column("memory", "MEMORY", "内存", number=True),
    column("disk", "DISK", "磁盘", number=True),
    column("probed", "PROBED", "探测时间"),
)
ONE = (
    *LIST,
    column("uri", "ADDRESS", "地址"),
    column("virtualisation", "SETTING", "设置"),
    column("verdict", "KVM", "KVM"),
    column("hypervisor", "SOFTWARE", "软件"),
)


def _row(view: Any) -> dict[str, Any]:
    row = view.row
    pools = [f"{pool['name']} {show_mib(pool['used_mib'])}/{show_mib(pool['capacity_mib'])}" for pool in view.pools]
    return {
        "name": row["name"],
        "site": row["site"],
        "uri": row["uri"],
        "clouds": row["clouds"].strip("[]").replace('"', "").replace(",", ", "),
        "virtualisation": row["virtualisation"],
        "runs": row["virt_type"] or t("not probed", "未探测"),
        "vcpu": f"{view.used['vcpu']}/{view.limit['vcpu']}",
        "memory": f"{show_mib(view.used['memory'])}/{show_mib(view.limit['memory'])}",
        "disk": ", ".join(pools),
        "probed": when(row["probed_at"]),
        "verdict": view.facts.get("kvm_verdict", ""),
        "hypervisor": view.facts.get("hypervisor", ""),
    }


@command(app, "list", t("List hosts with what is held on them", "列出主机及其占用"), examples=("jiyun host list",))
def list_hosts() -> None:
    from workflows import hosts

    with session() as opened:
        views = hosts.views(opened)
    show([_row(view) for view in views], LIST, call().output)


@command(app, "show", t("Show one host", "显示一台主机"), examples=("jiyun host show host1",))
def show_host(name: Name) -> None:
    from workflows import hosts

    with session() as opened:
        view = hosts.view(opened, name)
    if call().output in (Format.TABLE, Format.CSV):
        show_one(_row(view), ONE, call().output)
    else:
        document({**_row(view), "pools": view.pools, "facts": view.facts}, call().output)


@command(
    app,
    "probe",
    t("Find out what a host is and prove what it can run", "探测主机并验证其虚拟化能力"),
    examples=("jiyun host probe host1",),
)
def probe(name: Name, dry_run: DryRun = False) -> None:
    from dataclasses import asdict

    from workflows import hosts

    if dry_run:
        with session() as opened:
            uri, pools = hosts.rehearse_probe(opened, name)
        named = ", ".join(pools)
        said = t(
            f"Would ask {name} at {uri}, run a test guest where KVM is offered, and make sure of the pools: {named}.",
            f"将探测 {name}（{uri}），在提供 KVM 时运行测试虚机，并确认存储池：{named}。",
        )
        done(said, host=name, uri=uri, pools=list(pools), dry_run=True)
        return
    with session() as opened, working(name):
        facts = hosts.probe(opened, name)
    columns = (
        column("hypervisor", "SOFTWARE", "软件"),
        column("architecture", "ARCHITECTURE", "架构"),
        column("cpus", "CPUS", "处理器", number=True),
        column("memory_mib", "MEMORY MiB", "内存 MiB", number=True),
        column("virt_type", "RUNS", "虚拟化"),
        column("kvm_verdict", "KVM", "KVM"),
    )
    show_one(asdict(facts), columns, call().output)
