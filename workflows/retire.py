"""Taking a machine down for good: off, undefined, wiped, its network entries gone, then quota free.

The charge ends when the machine is off (step ``stop``).  Quota, capacity and addresses are free in the last step
(``release``), when the storage has really been wiped: what is free in the books is free on the host.
"""

from inventory import machines
from jiyun import ids
from jiyun.language import t
from jiyun.store import Row, Tx
from operations import engine
from operations.engine import Plan, Step
from orders import register
from quotas import allocations
from workflows import naming, steps, usage_events, wiping
from workflows.fulfil import SILENT, approved_machine
from workflows.progress import Progress
from workflows.session import Session
from workflows.work import Drivers, Work, real_drivers


def delete(session: Session, name: str, progress: Progress = SILENT, *, drivers: Drivers | None = None) -> str:
    """Delete a machine, or go on deleting it; ``done``, also when it was done before."""
    with session.write() as tx:
        machine = naming.machine(tx, name, "vm.delete")
        if machine["state"] == "deleted":
            return "done"
        order = register.get(tx, machine["order_id"])
        register.advance(tx, order["id"], "deleting", "")
        machines.set_state(tx, machine["id"], "deleting")
        if engine.live(tx, order["id"]) is None:
            engine.open_operation(tx, ids.derive_uuid(tx.store.id, "retire", order["id"]), "retire", order["id"])
        engine.require_free(tx, order["id"])
    work = Work(session, order, approved_machine(order), drivers or real_drivers(), progress)
    return engine.run(
        session.store,
        session.actor,
        order["id"],
        lambda _: _plan(work),
        admit=lambda tx: _still_deleting(tx, order["id"]),
        say=progress.say,
    )


def _still_deleting(tx: Tx, order: str) -> None:
    register.advance(tx, order, "deleting", "")


def remaining(session: Session, name: str) -> list[str]:
    """The names of the steps that deleting would run from here."""
    with session.read() as tx:
        machine = naming.machine(tx, name, "vm.delete")
        order = register.get(tx, machine["order_id"])
        if order["state"] not in ("deleting", "deleted"):
            register.require_move(tx, order["id"], "deleting")
        live = engine.live(tx, order["id"])
    steps_left = _plan(Work(session, order, approved_machine(order), real_drivers(), SILENT)).steps
    return [] if order["state"] == "deleted" else [step.name for step in steps_left[live["step"] if live else 0 :]]


def _plan(work: Work) -> Plan:
    return Plan(
        [
            Step("stop", t("stop the machine", "关闭虚机"), lambda: steps.stop(work), record=lambda tx: _stopped(tx, work)),
            Step("undefine", t("undefine the machine", "移除虚机定义"), lambda: steps.no_domain(work)),
            Step("wipe", t("wipe its storage", "擦除存储"), lambda: _wipe(work)),
            Step("network", t("free its port and address", "释放端口与地址"), lambda: _network(work)),
            Step("release", t("free its quota", "释放配额"), lambda: "", record=lambda tx: _released(tx, work)),
        ]
    )


def _wipe(work: Work) -> str:
    wiped = steps.no_volumes(work)
    steps.no_seed(work)
    return wiped


def _network(work: Work) -> str:
    steps.no_guard(work)
    return steps.no_segment(work)


def _stopped(tx: Tx, work: Work) -> None:
    usage_events.record(tx, work.machine, "stop")
    machines.set_power(tx, work.machine.id, "off")


def _released(tx: Tx, work: Work) -> None:
    order: Row = work.order
    machine = machines.find(tx, work.machine.id)
    allocations.release(tx, order["id"])
    machines.end(tx, machine, "deleted", wiping.method_for(tx, machine))
    register.advance(tx, order["id"], "deleted", "")
