"""Starting, stopping and measuring guests."""

import time

import libvirt

from provisioners.protocol import MachineStats, PowerState

_POLL_SECONDS = 0.25
_KIB_PER_MIB = 1024
_NS = 1_000_000_000

STATES: dict[int, PowerState] = {
    libvirt.VIR_DOMAIN_RUNNING: "running",
    libvirt.VIR_DOMAIN_BLOCKED: "running",
    libvirt.VIR_DOMAIN_PAUSED: "paused",
    libvirt.VIR_DOMAIN_SHUTDOWN: "running",  # shutting down, but still there
    libvirt.VIR_DOMAIN_SHUTOFF: "off",
    libvirt.VIR_DOMAIN_CRASHED: "crashed",
}
MEASURED = (
    libvirt.VIR_DOMAIN_STATS_CPU_TOTAL
    | libvirt.VIR_DOMAIN_STATS_BALLOON
    | libvirt.VIR_DOMAIN_STATS_BLOCK
    | libvirt.VIR_DOMAIN_STATS_INTERFACE
)


def state(domain: libvirt.virDomain) -> PowerState:
    """The power state of a domain; ``absent`` where it vanished since it was looked up."""
    try:
        return STATES.get(domain.state()[0], "other")
    except libvirt.libvirtError as error:
        if error.get_error_code() == libvirt.VIR_ERR_NO_DOMAIN:
            return "absent"
        raise


def start(domain: libvirt.virDomain) -> bool:
    """Bring a domain to running; False if it was.  A paused one goes on, a crashed one starts anew."""
    now = state(domain)
    if now == "running":
        return False
    if now == "paused":
        domain.resume()
        return True
    if domain.isActive():
        domain.destroy()
    domain.create()
    return True


def stop(domain: libvirt.virDomain, grace_seconds: int) -> bool:
    """Ask by the power button, wait at most ``grace_seconds``, then pull the plug; False if it was off."""
    if not domain.isActive():
        return False
    if grace_seconds > 0 and state(domain) == "running":
        _press(domain)
        deadline = time.monotonic() + grace_seconds
        while time.monotonic() < deadline:
            if not domain.isActive():
                return True
            time.sleep(_POLL_SECONDS)
    try:
        domain.destroy()
    except libvirt.libvirtError as error:
        if error.get_error_code() != libvirt.VIR_ERR_OPERATION_INVALID:  # it went off by itself meanwhile
            raise
    return True


def _press(domain: libvirt.virDomain) -> None:
    try:
        domain.shutdownFlags(libvirt.VIR_DOMAIN_SHUTDOWN_ACPI_POWER_BTN)
    except libvirt.libvirtError as error:
        if error.get_error_code() != libvirt.VIR_ERR_OPERATION_INVALID:
            raise


def measured(raw: dict[str, object]) -> MachineStats:
    """Figures from one record of ``domainListGetStats``; a field that libvirt left out is None."""
    cpu, rss = _figure(raw, "cpu.time"), _figure(raw, "balloon.rss")
    return MachineStats(
        cpu_seconds=None if cpu is None else cpu // _NS,
        memory_rss_mib=None if rss is None else rss // _KIB_PER_MIB,
        disk_read_bytes=_total(raw, "block", "rd.bytes"),
        disk_written_bytes=_total(raw, "block", "wr.bytes"),
        net_received_bytes=_total(raw, "net", "rx.bytes"),
        net_sent_bytes=_total(raw, "net", "tx.bytes"),
    )


def _figure(raw: dict[str, object], name: str) -> int | None:
    value = raw.get(name)
    return value if isinstance(value, int) else None


def _total(raw: dict[str, object], group: str, name: str) -> int | None:
    """Sum over all devices of a group; None where no device has the figure."""
    figures = [_figure(raw, f"{group}.{index}.{name}") for index in range(_figure(raw, f"{group}.count") or 0)]
    known = [figure for figure in figures if figure is not None]
    return sum(known) if known else None
