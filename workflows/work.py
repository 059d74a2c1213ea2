"""One order's machine under way: what its steps are given."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from jiyun.store import Row
from provisioners.protocol import Provisioner
from provisioners.spec import MachineSpec
from workflows.guest import Guest, SshGuest
from workflows.progress import Progress
from workflows.session import Session

REACH_SECONDS = 900  # a full guest under software emulation on a busy machine needs minutes


@dataclass(frozen=True, slots=True)
class Drivers:
    """How a machine's host and its guest are reached; the defaults are the real ones."""

    host: Callable[[MachineSpec], AbstractContextManager[Provisioner]]
    guest: Callable[[Session, Row, MachineSpec], Guest] = SshGuest


def real_drivers() -> Drivers:
    """libvirt, SSH and Ansible."""
    from workflows.hosts import open_host

    return Drivers(host=lambda machine: open_host(machine.host))


@dataclass(frozen=True, slots=True)
class Work:
    """An order, its approved machine, and the way to both."""

    session: Session
    order: Row
    machine: MachineSpec
    drivers: Drivers
    progress: Progress
    reach_seconds: int = REACH_SECONDS

    def host(self) -> AbstractContextManager[Provisioner]:
        return self.drivers.host(self.machine)

    def guest(self) -> Guest:
        return self.drivers.guest(self.session, self.order, self.machine)
