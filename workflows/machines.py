"""Day two: machines that are in use."""

from collections.abc import Callable

from inventory import machines
from jiyun import audit
from jiyun.errors import Exit, kind
from jiyun.store import Row
from operations import engine
from provisioners.problems import LIBVIRT_FAILED
from provisioners.protocol import PowerState, Provisioner
from provisioners.spec import MachineSpec
from tenants import authority
from workflows import naming
from workflows.hosts import OpenHost, open_host
from workflows.planning import decode_machine
from workflows.session import Session
from workflows.steps import GRACE_SECONDS

NOT_IN_USE = kind(
    "vm.not-in-use",
    Exit.CONFLICT,
    en="Machine {machine} is {state}; only a machine in use can be started, stopped or entered.",
    zh="虚机 {machine} 处于 {state} 状态；只有使用中的虚机可以启停或登录。",
)


def show(session: Session, name: str) -> tuple[Row, MachineSpec, list[Row], list[Row]]:
    """A machine: its row, its approved spec, its volumes, its step log."""
    with session.read() as tx:
        row = naming.machine(tx, name, "vm.read")
        return row, decode_machine(row["spec"]), machines.volumes_of(tx, row["id"]), engine.steps_of(tx, row["order_id"])


def entered(session: Session, name: str, permission: str) -> tuple[Row, MachineSpec]:
    """A machine in use that the actor may act on."""
    with session.read() as tx:
        row = naming.machine(tx, name, permission)
    _require_in_use(row)
    return row, decode_machine(row["spec"])


def _require_in_use(row: Row) -> None:
    if row["state"] != "active":
        raise NOT_IN_USE(machine=row["id"], state=row["state"])


def power(session: Session, name: str, what: str, *, opening: OpenHost = open_host) -> PowerState:
    """``what`` is start, stop (shut down within the grace time, then off), force-stop or reboot; the state afterwards."""
    return _power(session, name, what, _ACTS[what], opening)


def _start(host: Provisioner, machine: MachineSpec) -> object:
    """A machine's network, address and port guard are made again where the host has lost them.

    Not for a machine that the host does not have: that may be one whose deletion is under way.
    """
    if host.power(machine) == "absent":
        raise LIBVIRT_FAILED(host=machine.host.name, action=f"start {machine.name}", reason="it is not defined there")
    host.ensure_segment(machine.port.segment)
    host.ensure_reservation(machine.port, machine.hostname)
    host.ensure_guard(machine.port)
    return host.ensure_running(machine)


_ACTS: dict[str, Callable[[Provisioner, MachineSpec], object]] = {
    "start": _start,
    "stop": lambda host, machine: host.ensure_off(machine, GRACE_SECONDS),
    "force-stop": lambda host, machine: host.ensure_off(machine, 0),
    "reboot": lambda host, machine: host.reboot(machine),
}


def _power(
    session: Session, name: str, what: str, act: Callable[[Provisioner, MachineSpec], object], opening: OpenHost
) -> PowerState:
    """Do it on the host, then note it with an audit entry: who restarted or stopped what is asked for (D2, level 2)."""
    row, machine = entered(session, name, "vm.power")
    with session.write() as tx:  # looked at again where nobody else writes: a deletion may have begun since
        authority.require(tx, "vm.power", row["department"])
        _require_in_use(machines.find(tx, row["id"]))
        audit.append(tx, f"vm.{what}-asked", row["id"], row["department"])
    with opening(machine.host) as host:
        act(host, machine)
        state = host.power(machine)
    with session.write() as tx:
        machines.set_power(tx, row["id"], state)
        audit.append(tx, f"vm.{what}", row["id"], row["department"], power=state)
    return state


def open_console(session: Session, name: str) -> None:
    """Attach the terminal to the serial console; noted in the audit log."""
    row, machine = entered(session, name, "vm.console")
    with session.write() as tx:
        audit.append(tx, "vm.console", row["id"], row["department"])
    with open_host(machine.host) as host:
        host.console(machine)


def console_log(session: Session, name: str, lines: int) -> str:
    """The last lines of the kept serial log, also of a machine that never came up."""
    with session.read() as tx:
        row = naming.machine(tx, name, "vm.console")
    machine = decode_machine(row["spec"])
    with open_host(machine.host) as host:
        return host.serial_tail(machine, lines)


def ssh_command(session: Session, name: str) -> list[str]:
    """The OpenSSH command line for a session in the machine, its host key pinned; noted in the audit log."""
    from provisioners.hostkeys import login_key
    from provisioners.ssh import interactive_argv, known_hosts_line

    row, machine = entered(session, name, "vm.console")
    folder = session.home / "known_hosts"
    folder.mkdir(mode=0o700, exist_ok=True)
    known = folder / row["id"]
    known.write_text(known_hosts_line(machine) + "\n")
    with session.write() as tx:
        audit.append(tx, "vm.ssh", row["id"], row["department"])
    return interactive_argv(machine, login_key(session.ssh_folder).private, known)
