"""Opening a libvirt connection that cannot hang, and turning libvirt's errors into ours.

Only local sockets are accepted: the port guard, the wipe and the serial log work on the host's own kernel and
files, so a remote URI would quietly act on the wrong machine.
"""

import errno
import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import libvirt

from jiyun.errors import JiyunError
from provisioners.problems import LIBVIRT_FAILED, POOL_FULL, UNREACHABLE
from provisioners.spec import HostSpec

OPEN_SECONDS = 10.0
KEEPALIVE_SECONDS = 5
KEEPALIVE_MISSES = 4  # a daemon silent for about 25 s is taken for dead
_BROKEN = ("client socket is closed", "End of file while reading", "Connection reset", "Broken pipe", "keepalive timeout")

_loop_lock = threading.Lock()
_loop_started = False


def connect(host: HostSpec, wait_seconds: float = OPEN_SECONDS) -> libvirt.virConnect:
    """An open connection to ``host`` with keepalive; ``host.unreachable`` within ``wait_seconds`` otherwise."""
    _check_local(host)
    _start_event_loop()
    answers: queue.SimpleQueue[libvirt.virConnect | libvirt.libvirtError] = queue.SimpleQueue()

    def dial() -> None:
        try:
            answers.put(libvirt.open(host.uri))
        except libvirt.libvirtError as error:
            answers.put(error)

    # libvirt has no time limit for opening: a socket that accepts and then says nothing would hold us for ever.
    threading.Thread(target=dial, name=f"open {host.uri}", daemon=True).start()
    try:
        answer = answers.get(timeout=wait_seconds)
    except queue.Empty:
        reason = f"the socket accepted but nothing answered within {wait_seconds:g} s"
        raise UNREACHABLE(host=host.name, uri=host.uri, reason=reason) from None
    if isinstance(answer, libvirt.libvirtError):
        raise UNREACHABLE(host=host.name, uri=host.uri, reason=_reason(answer)) from answer
    answer.setKeepAlive(KEEPALIVE_SECONDS, KEEPALIVE_MISSES)
    return answer


@contextmanager
def translated(host: HostSpec, action: str, *, pool: str = "", name: str = "") -> Iterator[None]:
    """Turn a libvirt error inside the block into one of ours; ``pool`` and ``name`` say what was being written."""
    try:
        yield
    except libvirt.libvirtError as error:
        raise _ours(host, action, error, pool, name) from error
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise POOL_FULL(pool=pool, host=host.name, name=name, reason=error.strerror) from error
        raise LIBVIRT_FAILED(host=host.name, action=action, reason=str(error)) from error


def _ours(host: HostSpec, action: str, error: libvirt.libvirtError, pool: str, name: str) -> JiyunError:
    reason = _reason(error)
    if pool and (error.get_int1() == errno.ENOSPC or "No space left" in reason):
        return POOL_FULL(pool=pool, host=host.name, name=name, reason=reason)
    if any(sign in reason for sign in _BROKEN) or error.get_error_code() == libvirt.VIR_ERR_INVALID_CONN:
        return UNREACHABLE(host=host.name, uri=host.uri, reason=reason)
    return LIBVIRT_FAILED(host=host.name, action=action, reason=reason)


def _reason(error: libvirt.libvirtError) -> str:
    return (error.get_error_message() or str(error)).strip().rstrip(".")


def _check_local(host: HostSpec) -> None:
    parts = urlsplit(host.uri)
    if parts.scheme not in {"qemu", "qemu+unix"} or parts.netloc or parts.path != "/system":
        reason = "only a local qemu:///system or qemu+unix:///system?socket=PATH can be managed"
        raise UNREACHABLE(host=host.name, uri=host.uri, reason=reason)


def _start_event_loop() -> None:
    """One libvirt event loop per process: keepalive and console streams need it."""
    global _loop_started
    with _loop_lock:
        if _loop_started:
            return
        libvirt.registerErrorHandler(lambda _context, _error: None, None)  # else libvirt prints to stderr itself
        libvirt.virEventRegisterDefaultImpl()
        threading.Thread(target=_run_event_loop, name="libvirt events", daemon=True).start()
        _loop_started = True


def _run_event_loop() -> None:
    while True:
        libvirt.virEventRunDefaultImpl()
