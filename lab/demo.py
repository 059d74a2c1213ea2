"""``python -m lab.demo`` (root; ./dev demo): one department's application, all the way to a machine on its bill.

Every step is the real command, shown before it runs.  It may be run again at any time: it looks where things stand and
goes on from there, and where the machine is there already it shows it.  ``--clean`` takes everything away again.
``JIYUN_HOME`` is the home folder of the demo's store.
"""

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from jiyun.errors import JiyunError
from jiyun.language import choose, t, use
from lab import demo_clean
from lab.narrator import ROOT, CommandFailed, Narrator

ESTATE = "inventory/examples/zhuzhou.yaml"
HOST, IMAGE, HOSTNAME = "host1", "debian-12", "tax-1"
DEPARTMENT, SYSTEM, CLOUD = "taxation", "tax-governance", "administrative"
APPLICANT, OPERATOR, APPROVER, FINANCE, AUDITOR = "applicant-taxation", "operator", "approver", "finance-officer", "auditor"
REVIEWERS = {
    "feasibility": "reviewer-egov",
    "reasonableness": "reviewer-development",
    "security": "reviewer-service-centre",
    "standards": "reviewer-economy-it",
}
OVER = ("rejected", "withdrawn", "cancelled", "deleted")
_SSH_SECONDS = 900.0
_SSH_PAUSE = 10.0


def last_step(narrator: Narrator, order: str) -> str:
    """The step that was finished last, for the lines that say how far the work is."""
    steps = narrator.ask("--as", OPERATOR, "order", "show", order)["steps"]
    return t(f"({steps[-1]['step']} is done)", f"（{steps[-1]['step']} 已完成）") if steps else ""


def main(arguments: list[str]) -> int:
    """0 done, else the exit status of the command that failed; 2 for wrong usage."""
    use(choose(None))
    home = os.environ.get("JIYUN_HOME")
    if arguments not in ([], ["--clean"]) or not home:
        print("usage: JIYUN_HOME=DIR python -m lab.demo [--clean]", file=sys.stderr)
        return 2
    narrator = Narrator(Path(home).absolute())
    try:
        if arguments:
            demo_clean.clean(narrator)
        else:
            _tell(narrator)
    except CommandFailed as error:
        print(
            t(f"\nStopped: `{error}` ended with {error.status}.", f"\n中断：`{error}` 的退出码为 {error.status}。"),
            file=sys.stderr,
        )
        return error.status
    except JiyunError as error:
        print(error.message(), file=sys.stderr)
        return error.exit
    except KeyboardInterrupt:
        return 130
    return 0


def _tell(narrator: Narrator) -> None:
    narrator.say("Each line after a $ can be repeated, as root, after:", "带 $ 的命令都可以 root 身份重复执行，先设置：")
    print(f"  export JIYUN_HOME={narrator.home} PATH={ROOT}/.venv/bin:$PATH")
    _prepare(narrator)
    order, is_new = _apply_for(narrator)
    if is_new:
        narrator.say(
            "Build it: volumes, network, port guard, start, SSH host key, Ansible. Without KVM this takes some minutes.",
            "建设：存储卷、网络、端口防护、启动、SSH 主机密钥、Ansible。没有 KVM 时需要几分钟。",
        )
    narrator.run("--as", OPERATOR, "order", "fulfil", order, doing=lambda: last_step(narrator, order))
    if not is_new:
        narrator.run("--as", OPERATOR, "vm", "start", HOSTNAME)  # after a restart of this computer it is off
    _log_in(narrator)
    _show(narrator, order)
    _sum_up(narrator, order)


def _prepare(narrator: Narrator) -> None:
    """Store, estate, host and image: each only where it is not there."""
    _own_settings(narrator.home)
    if narrator.try_quietly("clock", "show"):
        narrator.run("init", "--city", "株洲")
    narrator.say("The estate: departments, systems, quotas, prices, one host.", "资源清单：部门、系统、配额、价目、一台主机。")
    narrator.run_shortly("--as", OPERATOR, "apply", "-f", ESTATE, lines=3)
    demo_clean.note_store(narrator)
    narrator.say(
        "Ask the host what it can run; KVM is believed only after a guest has run.", "探测主机；真正运行过虚机才认可 KVM。"
    )
    narrator.run("--as", OPERATOR, "host", "probe", HOST)
    images = {row["name"]: row for row in narrator.ask("--as", OPERATOR, "image", "list")}
    if not images[IMAGE]["digest"]:
        narrator.say(
            "Build a Debian 12 from Debian's packages; this takes some minutes, once.", "由软件包构建 Debian 12，需几分钟。"
        )
        narrator.run("--as", OPERATOR, "image", "build", IMAGE)


def _own_settings(home: Path) -> None:
    """A settings file of the demo's own: what this computer has set for its site in /etc must not send us there."""
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    settings = {"database": f"sqlite:///{home / 'jiyun.db'}", "as": OPERATOR}
    (home / "config.yaml").write_text("".join(f"{key}: {json.dumps(value)}\n" for key, value in settings.items()))


def _apply_for(narrator: Narrator) -> tuple[str, bool]:
    """The number of the demo's approved order, and whether its machine is still to be built."""
    order = _standing(narrator)
    if order is None:
        narrator.say("The taxation bureau applies for a machine for its tax governance system.", "地税局为综合治税系统申请虚机。")
        # fmt: off
        narrator.run(
            "--as", APPLICANT, "order", "submit", "--system", SYSTEM, "--flavor", "small.1", "--image", IMAGE,
            "--segment", f"{DEPARTMENT}-adm", "--hostname", HOSTNAME, "--disk", "1GiB", "--purpose", "tax governance",
        )
        # fmt: on
        order = _standing(narrator)
        assert order is not None, "it was submitted a moment ago"
    number = str(order["id"])
    if order["state"] == "submitted":
        narrator.say("Four offices review the four items.", "四个部门分别审查四项内容。")
        for item in sorted(REVIEWERS.keys() - {row["item"] for row in order["reviews"]}):
            narrator.run("--as", REVIEWERS[item], "order", "review", number, "--item", item, "--pass")
    if order["state"] in ("submitted", "reviewed"):
        narrator.say(
            "The approval fixes the plan and holds quota, capacity and addresses.", "批准即确定方案，并占用配额、容量与地址。"
        )
        narrator.run("--as", APPROVER, "order", "approve", number)
    return number, order["state"] != "active"


def _standing(narrator: Narrator) -> dict[str, Any] | None:
    """The demo's order that is not over; what an earlier run was taking away is taken away first."""
    for row in narrator.ask("--as", OPERATOR, "order", "list"):
        if row["system"] != SYSTEM or row["state"] in OVER:
            continue
        order: dict[str, Any] = narrator.ask("--as", OPERATOR, "order", "show", row["id"])
        if order["spec"]["hostname"] != HOSTNAME:
            continue
        if order["state"] == "cancelling":
            narrator.run("--as", OPERATOR, "order", "cancel", row["id"], "--reason", "demo", "--yes")
        elif order["state"] == "deleting":
            narrator.run("--as", OPERATOR, "vm", "delete", order["plan"]["machine"]["id"], "--yes")
        else:
            return order
    return None


def _log_in(narrator: Narrator) -> None:
    """A person's own login, host key pinned; a machine that was only just started gets time to come up."""
    words = ("--as", APPLICANT, "vm", "ssh", HOSTNAME, "--")
    deadline = time.monotonic() + _SSH_SECONDS
    while narrator.try_quietly(*words, "true") and time.monotonic() < deadline:
        time.sleep(_SSH_PAUSE)
    narrator.say(
        "Log in; OpenSSH accepts no other host key than the one that Jiyun made.", "登录；OpenSSH 只接受集云生成的主机密钥。"
    )
    narrator.run(*words, "lsblk", "--output", "NAME,SIZE,SERIAL,MOUNTPOINT")


def _show(narrator: Narrator, order: str) -> None:
    narrator.run("--as", APPLICANT, "order", "show", order)
    narrator.run("--as", APPLICANT, "vm", "show", HOSTNAME)
    narrator.run("--as", OPERATOR, "quota", "show", "--cloud", CLOUD)
    narrator.run("--as", FINANCE, "bill", "show", "--department", DEPARTMENT)
    narrator.run("--as", AUDITOR, "audit", "verify")
    narrator.run("--as", OPERATOR, "doctor")


def _sum_up(narrator: Narrator, order: str) -> None:
    """The result in six lines, then what to try next."""
    machine = narrator.ask("--as", OPERATOR, "vm", "show", HOSTNAME)
    notes = {row["step"]: row["note"] for row in machine["steps"] if row["outcome"] == "done" and row["direction"] == "do"}
    bill = narrator.ask("--as", FINANCE, "bill", "show", "--department", DEPARTMENT)
    verdict = narrator.ask("--as", AUDITOR, "audit", "verify")
    rows = (
        (t("order", "申请"), order),
        (t("machine", "虚机"), f"{machine['id']} ({HOSTNAME}), {machine['ipv4']}, {machine['ipv6']}"),
        (t("SSH host key", "SSH 主机密钥"), t("checked before the first login: ", "首次登录前已核对：") + notes["reach"]),
        ("Ansible", notes["baseline"]),
        (
            t("bill", "账单"),
            t(
                f"{bill['month']}: {bill['total']} yuan so far, payable {bill['payable']}",
                f"{bill['month']}：迄今 {bill['total']} 元，应付 {bill['payable']} 元",
            ),
        ),
        (t("audit verify", "审计校验"), t(f"ok, {verdict['entries']} entries", f"通过，共 {verdict['entries']} 条")),
    )
    narrator.say("It runs:", "已运行：")
    for name, value in rows:
        print(f"  {name}: {value}")
    narrator.say("Try as other people:", "还可以换身份试试：")
    for words in (
        f"--as {APPLICANT} vm ssh {HOSTNAME}",
        f"--as {APPLICANT} vm delete {HOSTNAME}",
        f"--as {AUDITOR} audit log --subject {order}",
        "--as supervisor order list -o csv",
        f"--as {APPLICANT} order approve {order}",
    ):
        print(f"  jiyun {words}", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
