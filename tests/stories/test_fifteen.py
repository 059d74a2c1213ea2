"""All fifteen systems of the city's estate file ordered, approved and running at once, four people working in parallel."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import yaml

from provisioners.spec import MachineSpec
from tests.stories import estates, host
from tests.stories.office import Office

pytestmark = pytest.mark.hypervisor

DESKS = 4


def _wishes() -> list[tuple[str, str, str]]:
    """Applicant, system and segment of every system in the estate file."""
    estate = yaml.safe_load(estates.ZHUZHOU.read_text())
    segments = {(row["department"], row["cloud"]): row["name"] for row in estate["segments"]}
    return [
        (f"applicant-{row['department']}", row["name"], segments[row["department"], row["cloud"]]) for row in estate["systems"]
    ]


def test_fifteen_systems_at_once(city: Office) -> None:
    wishes = _wishes()
    assert len(wishes) == 15

    def deliver(wish: tuple[str, str, str]) -> MachineSpec:
        applicant, system, segment = wish
        order = city.submit(applicant, system, segment, system, disk="64MiB")
        machine = city.approve(order)
        city.run("order", "fulfil", order)
        return machine

    def remove(machine: MachineSpec) -> None:
        city.run("vm", "delete", machine.id, "--yes")

    with ThreadPoolExecutor(DESKS) as desks:
        machines = list(desks.map(deliver, wishes))
        _all_run(city, machines)
        list(desks.map(remove, machines))
    host.nothing(*machines)
    assert city.ask("vm", "list") == []
    assert {row["state"] for row in city.rows("SELECT state FROM allocation")} == {"released"}
    assert city.run("audit", "verify", actor="auditor").status == 0
    city.clean()


def _all_run(city: Office, machines: list[MachineSpec]) -> None:
    listed = city.ask("vm", "list")
    assert {row["system"] for row in listed} == {system for _, system, _ in _wishes()}
    assert {row["power"] for row in listed} == {"running"} and {row["cloud"] for row in listed} == {"administrative", "public"}
    assert {machine.name for machine in machines} <= host.domains()
    assert len({machine.port.ipv4 for machine in machines}) == len({machine.port.mac for machine in machines}) == 15
    for machine in machines:
        host.everything(machine)
    city.clean()
