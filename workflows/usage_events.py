"""A machine's life as usage events: one for each resource and SKU."""

from inventory import machines
from jiyun.store import Tx
from ledger import events
from ledger.events import Kind, UsageEvent
from provisioners.spec import MachineSpec


def record(tx: Tx, machine: MachineSpec, kind: Kind) -> None:
    """Record the start or stop of a machine's use, now.  Called in the transaction of the step that makes it true,
    which happens once."""
    row = machines.find(tx, machine.id)
    tiers = {volume["id"]: volume["tier"] for volume in machines.volumes_of(tx, machine.id)}
    holdings = [
        (machine.id, "machine", "vcpu", machine.vcpus),
        (machine.id, "machine", "memory", machine.memory_mib),
        (machine.id, "machine", "address", 1),
        *((volume.id, "volume", f"disk.{tiers[volume.id]}", volume.size_mib) for volume in machine.volumes),
    ]
    events.record(
        tx,
        [
            UsageEvent(
                source=f"{machine.order}/{kind}",
                source_sequence=number,
                resource=resource,
                resource_kind=what,
                sku=sku,
                quantity=quantity,
                department=row["department"],
                system=row["system"],
                cloud=row["cloud"],
                kind=kind,
                effective_at=tx.now,
            )
            for number, (resource, what, sku, quantity) in enumerate(holdings, start=1)
        ],
    )
