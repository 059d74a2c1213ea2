"""``jiyun image``: what machines boot from."""

from pathlib import Path
from typing import Annotated

import typer

from cli.frame.options import DryRun, Yes, call, command, confirm, group
from cli.frame.output import show
from cli.frame.table import column
from cli.session import done, session, when, working
from jiyun.language import t

app = group("image")
Name = Annotated[str, typer.Argument(metavar="IMAGE", help=t("Its declared name", "已声明的名称"))]
LIST = (
    column("name", "IMAGE", "镜像", keep=True),
    column("kind", "KIND", "类别"),
    column("state", "STATE", "状态"),
    column("digest", "DIGEST", "摘要"),
    column("added", "ADDED", "加入时间"),
    column("machines", "MACHINES", "虚机数", number=True),
)


@command(app, "list", t("List images", "列出镜像"), examples=("jiyun image list",))
def list_images() -> None:
    from workflows import images

    with session() as opened:
        rows = images.listed(opened)
    shown = [
        {
            "name": row["name"],
            "kind": row["kind"],
            "state": t("ready", "就绪") if row["digest"] else t("declared", "已声明"),
            "digest": row["digest"] or "",
            "added": when(row["added_at"]),
            "machines": row["machines"],
        }
        for row in rows
    ]
    show(shown, LIST, call().output)


@command(
    app,
    "build",
    t("Build an image from Debian's packages", "由 Debian 软件包构建镜像"),
    examples=("jiyun image build debian-12", "jiyun image build tiny"),
)
def build(name: Name, dry_run: DryRun = False) -> None:
    from workflows import images

    if dry_run:
        with session() as opened:
            images.require_built(opened, name)
        done(t(f"Would build image {name}.", f"将构建镜像 {name}。"), image=name, dry_run=True)
        return
    with session() as opened, working(name) as progress:
        spec = images.build(opened, name, progress)
    done(
        t(f"Image {name} is ready: {spec.digest[:16]}.", f"镜像 {name} 已就绪：{spec.digest[:16]}。"),
        image=name,
        digest=spec.digest,
    )


@command(
    app,
    "import",
    t("Bring a disk file as an image; its checksum must be known", "导入磁盘文件作为镜像；须事先知道校验和"),
    examples=("jiyun image import disk.qcow2 --name web-appliance --sha256 64-HEX-DIGITS",),
)
def bring(
    file: Annotated[Path, typer.Argument(metavar="FILE", help=t("A qcow2 or raw disk", "qcow2 或 raw 磁盘文件"))],
    name: Annotated[str, typer.Option(help=t("The declared name of the image", "已声明的镜像名称"))],
    sha256: Annotated[str, typer.Option(help=t("Its SHA-256, from a source you trust", "来自可信来源的 SHA-256"))],
    dry_run: DryRun = False,
) -> None:
    from workflows import images

    with session() as opened, working(name):
        spec = (images.rehearse_bring if dry_run else images.bring)(opened, name, file, sha256)
    done(
        t(f"The file is good; would import it as {name}: {spec.digest[:16]}.", f"文件可用；将导入为 {name}：{spec.digest[:16]}。")
        if dry_run
        else t(f"Image {name} is ready: {spec.digest[:16]}.", f"镜像 {name} 已就绪：{spec.digest[:16]}。"),
        image=name,
        digest=spec.digest,
        dry_run=dry_run,
    )


@command(
    app,
    "remove",
    t("Remove an image's content; refused while a machine uses it", "移除镜像内容；有虚机使用时拒绝"),
    examples=("jiyun image remove tiny --yes",),
)
def remove(name: Name, yes: Yes = False, dry_run: DryRun = False) -> None:
    from workflows import images

    with session() as opened:
        if not dry_run:
            confirm(t(f"Remove the content of image {name}?", f"移除镜像 {name} 的内容？"), yes)
        digest = images.remove(opened, name, dry_run=dry_run)
    done(
        t(f"Would remove {name} {digest[:16]}.", f"将移除 {name} {digest[:16]}。")
        if dry_run
        else t(f"Removed {name} {digest[:16]}.", f"已移除 {name} {digest[:16]}。"),
        image=name,
        digest=digest,
    )
