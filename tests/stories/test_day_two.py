"""A machine in use: stopped, started, restarted, looked at, and its guard and network made again where the host lost them."""

import pytest

from tests.stories import estates, host
from tests.stories.office import Office, wait_for

pytestmark = pytest.mark.hypervisor


def test_power_console_and_doctor(town: Office) -> None:
    order = town.submit(estates.APPLICANT, estates.SYSTEM, estates.SEGMENT, "sisyphus")
    machine = town.approve(order)
    error = town.refused(7, "vm", "stop", "sisyphus")
    assert error["code"] == "vm.not-in-use"
    town.run("order", "fulfil", order)

    assert town.ask("vm", "stop", "sisyphus")["power"] == "off"
    assert town.ask("vm", "stop", "sisyphus")["power"] == "off", "stopping twice is no fault"
    town.clean()
    assert town.ask("vm", "start", "sisyphus", actor=estates.APPLICANT)["power"] == "running"
    wait_for("SSH", lambda: town.run("vm", "ssh", "sisyphus", "--", "true", status=None).status == 0, pause=1)
    assert town.ask("vm", "reboot", "sisyphus")["power"] == "running"
    wait_for("a third start", lambda: _starts(town) == 3, pause=1)
    town.clean()

    host.unguard(machine)
    assert [finding["code"] for finding in town.run("doctor", status=9).findings] == ["guard.missing"]
    town.run("vm", "start", "sisyphus")
    town.clean()
    acts = [row["action"] for row in town.rows("SELECT action FROM audit WHERE subject = ? ORDER BY seq", machine.id)]
    assert [act for act in acts if act in ("vm.stop", "vm.start", "vm.reboot")] == [
        *("vm.stop", "vm.stop", "vm.start", "vm.reboot", "vm.start")
    ]
    town.run("vm", "delete", machine.id, "--yes")
    host.nothing(machine)
    town.clean()


def _starts(town: Office) -> int:
    """How often the kept serial log tells of a start."""
    lines = town.ask("vm", "console", "sisyphus", "--log", "--lines", "1000")["log"]
    return sum("jiyun-tiny ready" in line for line in lines)
