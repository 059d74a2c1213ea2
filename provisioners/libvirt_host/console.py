"""The serial console of a guest: attached to this terminal, or the end of its kept log."""

import os
import select
import sys
import termios
import tty
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import libvirt

_ESCAPE = b"\x1d"  # Ctrl-]
_BLOCK = 4096
_TAIL_BYTES = 256 * 1024


def attach(connection: libvirt.virConnect, domain: libvirt.virDomain) -> None:
    """Join terminal and console until Ctrl-] or until the guest is gone; the terminal's settings are restored.

    ``OSError`` where standard input is no terminal.
    """
    if not sys.stdin.isatty():
        raise OSError("a console needs a terminal; read the log instead")
    stream = connection.newStream(libvirt.VIR_STREAM_NONBLOCK)
    domain.openConsole(None, stream, libvirt.VIR_DOMAIN_CONSOLE_SAFE)
    ended, wake = os.pipe()
    try:
        events = libvirt.VIR_STREAM_EVENT_READABLE | libvirt.VIR_STREAM_EVENT_HANGUP | libvirt.VIR_STREAM_EVENT_ERROR
        stream.eventAddCallback(events, _show, wake)
        with _raw(sys.stdin.fileno()):
            _type(stream, ended)
    finally:
        stream.eventRemoveCallback()
        stream.abort()
        os.close(ended)
        os.close(wake)


def _show(stream: libvirt.virStream, events: int, wake: int) -> None:
    """Copy what the guest printed to the terminal; runs on libvirt's event thread."""
    if events & libvirt.VIR_STREAM_EVENT_READABLE:
        data = stream.recv(_BLOCK)
        if isinstance(data, bytes) and data:
            os.write(sys.stdout.fileno(), data)
            return
        if data == -2:  # nothing there after all
            return
    os.write(wake, b"x")


def _type(stream: libvirt.virStream, ended: int) -> None:
    """Send what is typed, until the escape key or the end of the console."""
    keyboard = sys.stdin.fileno()
    while True:
        ready, _, _ = select.select([keyboard, ended], [], [])
        if ended in ready:
            return
        typed = os.read(keyboard, _BLOCK)
        before, escape, _rest = typed.partition(_ESCAPE)
        while before:
            sent = stream.send(before)
            if sent == -2:  # the guest takes nothing at the moment
                select.select([ended], [], [], 0.05)
                continue
            before = before[sent:]
        if escape or not typed:
            return


@contextmanager
def _raw(descriptor: int) -> Iterator[None]:
    settings = termios.tcgetattr(descriptor)
    tty.setraw(descriptor)
    try:
        yield
    finally:
        termios.tcsetattr(descriptor, termios.TCSADRAIN, settings)


def tail(log: Path, lines: int) -> str:
    """The last ``lines`` lines of a kept serial log (at most 256 KiB); empty where there is none yet."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - _TAIL_BYTES))
            text = file.read().decode("utf-8", "replace").replace("\r\n", "\n")
    except FileNotFoundError:
        return ""
    return "".join(text.splitlines(keepends=True)[-lines:]) if lines > 0 else ""


def remove_log(log: Path) -> None:
    """Delete a serial log and the older parts that libvirt's log daemon rotated away."""
    for file in log.parent.glob(f"{log.name}*"):
        file.unlink(missing_ok=True)
