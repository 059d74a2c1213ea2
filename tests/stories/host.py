"""What really stands on the lab's hypervisor: seen with virsh, nft and the file system, not with the program under test."""

import subprocess
from pathlib import Path

from provisioners.spec import MachineSpec


def _out(*argv: str) -> str:
    return subprocess.run(argv, capture_output=True, text=True, timeout=60, check=True).stdout


def domains() -> set[str]:
    return set(_out("virsh", "-c", "qemu:///system", "list", "--all", "--name").split())


def networks() -> set[str]:
    return set(_out("virsh", "-c", "qemu:///system", "net-list", "--all", "--name").split())


def files(pool: Path) -> set[str]:
    """File names in a pool's directory, image parts left out: those stay for the next machine."""
    return {path.name for path in pool.iterdir() if not path.name.startswith("jy-img-")} if pool.exists() else set()


def reservations(network: str) -> int:
    """How many addresses a network reserves; zero where there is no such network."""
    return _out("virsh", "-c", "qemu:///system", "net-dumpxml", network).count("<host ") if network in networks() else 0


def guarded(tap: str) -> bool:
    """Whether the port guard knows a port."""
    return f'"{tap}"' in _out("nft", "list", "ruleset")


def process(machine: MachineSpec) -> int:
    """The process id of a running guest."""
    return int(Path("/run/libvirt/qemu", f"{machine.name}.pid").read_text())


def everything(machine: MachineSpec) -> None:
    """The machine stands there exactly once, with all that belongs to it and nothing more."""
    assert [name for name in domains() if name == machine.name] == [machine.name]
    assert {name for name in files(Path(machine.root.pool.path)) if name.startswith(machine.name)} == {
        *(volume.name for volume in machine.volumes),
        machine.seed_volume,
    }
    assert reservations(machine.port.segment.network) == 1
    assert guarded(machine.port.tap)


def nothing(*machines: MachineSpec) -> None:
    """Nothing is left of the machines, nor of their segments."""
    for machine in machines:
        assert machine.name not in domains()
        left = {name for name in files(Path(machine.root.pool.path)) if name.startswith(machine.name) or name.endswith(".part")}
        assert left == set()
        assert machine.port.segment.network not in networks()
        assert not Path("/sys/class/net", machine.port.segment.bridge).exists()
        assert not Path("/sys/class/net", machine.port.tap).exists()
        assert not guarded(machine.port.tap)
        assert not Path(machine.serial_log).exists()


def unguard(machine: MachineSpec) -> None:
    """Lose the port guard, as a host does when it starts again or somebody flushes its rules."""
    assert guarded(machine.port.tap)
    _out("nft", "delete", "table", "bridge", "jiyun_guard")
