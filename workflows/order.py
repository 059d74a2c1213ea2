"""An application's way from submit to decision.  Fulfilling it is in :mod:`workflows.fulfil`."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from inventory import machines
from inventory.machines import PlannedAddress, PlannedVolume
from jiyun.language import t
from jiyun.store import Row, Tx
from operations import engine
from orders import problems, register
from orders.spec import OrderSpec, check_line, check_reason, from_plain
from orders.states import REVIEW_ITEMS
from provisioners.spec import MachineSpec
from quotas import allocations
from quotas.claims import Ask, Item
from tenants import authority, departments
from workflows import planning
from workflows.session import Session
from workflows.transactions import rehearse


def submit(session: Session, spec: OrderSpec, *, dry_run: bool = False) -> str:
    """Apply for a machine; the order's id.  With ``dry_run`` everything is checked and nothing recorded."""
    with rehearse(session, keep=not dry_run) as tx:
        authority.require(tx, "order.submit", spec.department)
        planning.check(tx, spec)
        machines.require_hostname_free(tx, spec.department, spec.hostname)
        number = register.submit(tx, spec)
    return number


def review(
    session: Session, order: str, items: tuple[str, ...], *, passed: bool, comment: str = "", dry_run: bool = False
) -> str:
    """Record review items (M30) by the actor; the order's state afterwards."""
    if passed:
        check_line("comment", comment)
    else:
        check_reason(comment)  # whoever is refused is told why
    for item in items or ("",):
        if item not in REVIEW_ITEMS:
            raise problems.NO_ITEM(item=item, items=", ".join(REVIEW_ITEMS))
    with rehearse(session, keep=not dry_run) as tx:
        row = register.get(tx, order)
        authority.require(tx, "order.review", row["department"])
        authority.require_other(tx, row["applicant"], t("review", "审查"))
        state = register.review(tx, order, tuple(dict.fromkeys(items)), passed=passed, comment=comment)
    return state


def reject(session: Session, order: str, reason: str, *, dry_run: bool = False) -> str:
    """Refuse an application for a reason that is kept."""
    return _decide(session, order, "order.reject", "rejected", reason, dry_run)


def withdraw(session: Session, order: str, reason: str, *, dry_run: bool = False) -> str:
    """Take an application back before it is approved."""
    return _decide(session, order, "order.withdraw", "withdrawn", reason, dry_run)


def _decide(session: Session, order: str, permission: str, state: str, reason: str, dry_run: bool) -> str:
    check_reason(reason)
    with rehearse(session, keep=not dry_run) as tx:
        row = register.get(tx, order)
        authority.require(tx, permission, row["department"])
        register.advance(tx, order, state, reason)
    return state


def make_keys(session: Session) -> planning.Keys:
    """The public keys that plans carry, from the home folder."""
    from provisioners.hostkeys import login_key, read_secret

    return planning.Keys(login_key(session.ssh_folder).line, planning.HostKeyOf(read_secret(session.secret_file)))


def approve(session: Session, order: str, *, dry_run: bool = False) -> tuple[MachineSpec, str]:
    """Fix the plan and hold quota, capacity and addresses, all in one transaction; the machine and the plan's hash.

    Refused by quota, capacity, addresses or policy with nothing held.
    """
    keys = make_keys(session)  # reading keys is slow work, so it is done before the transaction
    with rehearse(session, keep=not dry_run) as tx:
        approved = _approve(tx, order, keys)
    return approved


def _approve(tx: Tx, order: str, keys: planning.Keys) -> tuple[MachineSpec, str]:
    row = register.get(tx, order)
    authority.require(tx, "order.approve", row["department"])
    authority.require_other(tx, row["applicant"], t("approve", "批准"))
    register.require_move(tx, order, "approved")
    spec = from_plain(json.loads(row["spec"]))
    machine, tiers = planning.plan(tx, order, spec, keys)
    _hold(tx, order, spec, machine, tiers)
    text = planning.encode_plan(machine, spec)
    plan_hash = planning.plan_hash(text)
    register.fix_plan(tx, order, text, plan_hash)
    register.advance(tx, order, "approved", "")
    return machine, plan_hash


def _hold(tx: Tx, order: str, spec: OrderSpec, machine: MachineSpec, tiers: Mapping[str, str]) -> None:
    allocations.hold(
        tx,
        Ask(
            order=order,
            machine=machine.id,
            department=spec.department,
            ancestors=departments.ancestors(tx, spec.department),
            system=spec.system,
            cloud=spec.cloud,
            host=machine.host.name,
            items=_items(machine, tiers),
        ),
    )
    machines.plan_machine(
        tx,
        {
            "id": machine.id,
            "order_id": order,
            "name": machine.name,
            "hostname": machine.hostname,
            "department": spec.department,
            "system": spec.system,
            "cloud": spec.cloud,
            "host": machine.host.name,
            "segment": spec.segment,
            "flavor": spec.flavor,
            "image": spec.image,
            "image_digest": machine.image.digest,
            "vcpus": machine.vcpus,
            "memory_mib": machine.memory_mib,
            "ipv4": machine.port.ipv4,
            "spec": planning.encode_machine(machine),
        },
        tuple(
            PlannedVolume(v.id, v.name, machine.host.name, v.pool.name, tiers[v.pool.name], v.role, v.size_mib)
            for v in machine.volumes
        ),
        PlannedAddress(spec.segment, machine.port.ipv4, machine.port.ipv6, machine.port.mac),
    )


def _items(machine: MachineSpec, tiers: Mapping[str, str]) -> tuple[Item, ...]:
    disks: dict[str, int] = {}
    for volume in machine.volumes:
        disks[volume.pool.name] = disks.get(volume.pool.name, 0) + volume.size_mib
    return (
        Item("vcpu", machine.vcpus),
        Item("memory", machine.memory_mib),
        Item("machines", 1),
        Item("volumes", len(machine.volumes)),
        Item("addresses", 1),
        *(Item(f"disk.{tiers[pool]}", size, pool) for pool, size in disks.items()),
    )


@dataclass(frozen=True, slots=True)
class OrderView:
    """Everything about one order that a person or a script may want to see."""

    row: Row
    spec: dict[str, Any]
    plan: dict[str, Any]
    reviews: list[Row]
    events: list[Row]
    steps: list[Row]


def show(session: Session, order: str) -> OrderView:
    """One order with its reviews, moves and step log."""
    with session.read() as tx:
        row = register.get(tx, order)
        authority.require(tx, "order.read", row["department"])
        return OrderView(
            row,
            json.loads(row["spec"]),
            json.loads(row["plan"]) if row["plan"] else {},
            register.reviews(tx, order),
            register.events(tx, order),
            engine.steps_of(tx, order),
        )
