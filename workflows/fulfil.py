"""From an approved plan to a machine in use, and back: which steps, and what each makes true in the store."""

import json
import time

from inventory import machines
from jiyun import ids
from jiyun.errors import JiyunError
from jiyun.language import t
from jiyun.store import Row, Tx
from operations import engine
from operations.engine import Plan, Step
from operations.problems import BUSY
from orders import problems, register
from orders.spec import check_reason
from provisioners.codec import machine_from
from provisioners.spec import MachineSpec
from quotas import allocations
from tenants import authority
from workflows import planning, steps, usage_events, wiping
from workflows.progress import Progress
from workflows.session import Session
from workflows.work import REACH_SECONDS, Drivers, Work, real_drivers

SILENT = Progress()
_POLL_SECONDS = 2


def fulfil(
    session: Session,
    order: str,
    progress: Progress = SILENT,
    *,
    drivers: Drivers | None = None,
    reach_seconds: int = REACH_SECONDS,
    wait: bool = False,
) -> str:
    """Build what was approved, or go on where an earlier run stopped; ``done``, also when it was done before.

    While another process works on the order it is refused (``operation.busy``), or with ``wait`` waited for.
    """
    while True:
        try:
            return _fulfil(session, order, progress, drivers, reach_seconds)
        except JiyunError as error:
            if not wait or error.kind is not BUSY:
                raise
        time.sleep(_POLL_SECONDS)


def _fulfil(session: Session, order: str, progress: Progress, drivers: Drivers | None, reach_seconds: int) -> str:
    with session.write() as tx:
        row = register.get(tx, order)
        authority.require(tx, "order.fulfil", row["department"])
        if row["state"] == "active":
            return "done"
        if row["state"] not in ("approved", "provisioning", "failed"):
            raise problems.NOT_TO_FULFIL(order=order, state=row["state"])
        work = Work(session, row, approved_machine(row), drivers or real_drivers(), progress, reach_seconds)
        _open(tx, order)
        engine.require_free(tx, order)
        register.advance(tx, order, "provisioning", "")
    return engine.run(
        session.store,
        session.actor,
        order,
        lambda _: build_plan(work),
        admit=lambda tx: _advance(tx, order, "provisioning"),
        say=progress.say,
    )


def cancel(session: Session, order: str, reason: str, progress: Progress = SILENT, *, drivers: Drivers | None = None) -> str:
    """Undo an order that is not in use yet, in reverse, and give everything back; ``undone``."""
    check_reason(reason)
    with session.write() as tx:
        row = register.get(tx, order)
        authority.require(tx, "order.cancel", row["department"])
        if row["state"] == "cancelled":
            return "undone"
        if row["state"] != "cancelling":
            register.advance(tx, order, "cancelling", reason)
        work = Work(session, row, approved_machine(row), drivers or real_drivers(), progress)
        _open(tx, order)
        engine.require_free(tx, order)
    return engine.run(
        session.store,
        session.actor,
        order,
        lambda _: build_plan(work),
        wanted="undo",
        admit=lambda tx: _advance(tx, order, "cancelling", reason),
        say=progress.say,
    )


def remaining(session: Session, order: str) -> list[str]:
    """The names of the steps that fulfilling would run from here."""
    with session.read() as tx:
        row = register.get(tx, order)
        authority.require(tx, "order.fulfil", row["department"])
        if row["state"] not in ("approved", "provisioning", "failed"):
            raise problems.NOT_TO_FULFIL(order=order, state=row["state"])
        live = engine.live(tx, order)
    names = [step.name for step in build_plan(Work(session, row, approved_machine(row), real_drivers(), SILENT)).steps]
    return names[live["step"] if live else 0 :]


def to_undo(session: Session, order: str) -> list[str]:
    """The names of the steps that cancelling would undo from here, in that order."""
    with session.read() as tx:
        row = register.get(tx, order)
        authority.require(tx, "order.cancel", row["department"])
        if row["state"] != "cancelling":
            register.require_move(tx, order, "cancelling")
        live = engine.live(tx, order)
    names = [step.name for step in build_plan(Work(session, row, approved_machine(row), real_drivers(), SILENT)).steps]
    return names[min(live["step"] if live else 0, len(names) - 1) :: -1]


def delivered(session: Session, order: str) -> dict[str, str]:
    """Id, host name and address of an order's machine."""
    with session.read() as tx:
        authority.require(tx, "vm.read", register.get(tx, order)["department"])
        row = machines.of_order(tx, order)
    return {name: row[name] for name in ("id", "hostname", "host", "ipv4", "state")} if row else {}


def approved_machine(row: Row) -> MachineSpec:
    """The machine of the approved plan; refused if the plan is not the one that was approved."""
    if planning.plan_hash(row["plan"]) != row["plan_hash"]:
        raise problems.DRIFT(order=row["id"])
    return machine_from(json.loads(row["plan"])["machine"])


def _advance(tx: Tx, order: str, state: str, reason: str = "") -> None:
    """Once more in the transaction that takes the work: a fulfil and a cancel at the same moment never both go on."""
    register.advance(tx, order, state, reason)


def _open(tx: Tx, order: str) -> None:
    if engine.live(tx, order) is None:
        engine.open_operation(tx, ids.derive_uuid(tx.store.id, "fulfil", order), "fulfil", order)


def build_plan(work: Work) -> Plan:
    """The steps of building a machine.  Undoing runs them backwards and ends with everything given back."""
    machine = work.machine.id
    return Plan(
        [
            Step(
                "check",
                t("check the host", "检查主机"),
                lambda: steps.check(work),
                unrecord=lambda tx: _give_back(tx, work),
            ),
            Step("image", t("put the image into the pool", "将镜像放入存储池"), lambda: steps.image(work)),
            Step("segment", t("segment and address", "网段与地址"), lambda: steps.segment(work), lambda: steps.no_segment(work)),
            Step("guard", t("guard the port", "端口防护"), lambda: steps.guard(work), lambda: steps.no_guard(work)),
            Step(
                "volumes",
                t("create volumes", "创建存储卷"),
                lambda: steps.volumes(work),
                lambda: steps.no_volumes(work),
                record=lambda tx: machines.mark_present(tx, machine),
            ),
            Step("seed", t("write the seed", "写入初始化盘"), lambda: steps.seed(work), lambda: steps.no_seed(work)),
            Step("define", t("define the machine", "定义虚机"), lambda: steps.define(work), lambda: steps.no_domain(work)),
            Step(
                "start",
                t("start the machine", "启动虚机"),
                lambda: steps.start(work),
                lambda: steps.cut(work),
                record=lambda tx: machines.set_power(tx, machine, "running"),
                unrecord=lambda tx: machines.set_power(tx, machine, "off"),
            ),
            Step("reach", t("wait for SSH, check its host key", "等待 SSH 并核对主机密钥"), lambda: steps.reach(work)),
            Step("baseline", t("harden with Ansible", "用 Ansible 加固"), lambda: steps.baseline(work)),
            Step("accept", t("accept", "验收"), lambda: "", record=lambda tx: _accept(tx, work)),
        ],
        on_fail=lambda tx, why: _failed(tx, work, why),
    )


def _failed(tx: Tx, work: Work, why: str) -> None:
    if register.get(tx, work.order["id"])["state"] == "provisioning":
        register.advance(tx, work.order["id"], "failed", why)


def _accept(tx: Tx, work: Work) -> None:
    """Acceptance starts the use: what was held is active, and the first usage events are recorded."""
    order = work.order["id"]
    allocations.activate(tx, order)
    machines.set_state(tx, work.machine.id, "active")
    usage_events.record(tx, work.machine, "start")
    register.advance(tx, order, "active", "")


def _give_back(tx: Tx, work: Work) -> None:
    """The end of undoing: quota, capacity and addresses are free again."""
    order = work.order["id"]
    allocations.release(tx, order)
    machine = machines.of_order(tx, order)
    if machine:
        machines.end(tx, machine, "cancelled", wiping.method_for(tx, machine))
    register.advance(tx, order, "cancelled", register.get(tx, order)["reason"])  # why it was cancelled stays with it
