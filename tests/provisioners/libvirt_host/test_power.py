"""Figures out of libvirt's statistics: what is missing is None, not zero."""

from pathlib import Path

from provisioners.libvirt_host.console import remove_log, tail
from provisioners.libvirt_host.dhcp_release import release_message
from provisioners.libvirt_host.power import measured
from provisioners.protocol import MachineStats


def test_figures_are_summed_over_devices() -> None:
    raw: dict[str, object] = {
        "cpu.time": 7_900_000_000,
        "balloon.rss": 204_800,
        "block.count": 2,
        "block.0.rd.bytes": 10,
        "block.1.rd.bytes": 5,
        "block.0.wr.bytes": 1,
        "net.count": 1,
        "net.0.rx.bytes": 240,
    }
    assert measured(raw) == MachineStats(7, 200, 15, 1, 240, None)


def test_no_data_is_not_zero() -> None:
    assert measured({}) == MachineStats(None, None, None, None, None, None)


def test_tail_of_a_serial_log(tmp_path: Path) -> None:
    log = tmp_path / "m-serial.log"
    assert tail(log, 5) == ""
    log.write_bytes(b"one\r\ntwo\r\nthree \xff\r\n")
    assert tail(log, 2) == "two\nthree \ufffd\n"
    assert tail(log, 0) == ""
    (tmp_path / "m-serial.log.0").touch()
    (tmp_path / "other-serial.log").touch()
    remove_log(log)
    assert [file.name for file in tmp_path.iterdir()] == ["other-serial.log"]


def test_release_message_has_the_wire_form() -> None:
    message = release_message("52:54:00:00:00:05", "10.99.0.5", "10.99.0.1")
    assert message[:4] == bytes([1, 1, 6, 0])
    assert message[12:16] == bytes([10, 99, 0, 5])
    assert message[28:34] == bytes.fromhex("525400000005")
    assert message[236:] == bytes([99, 130, 83, 99, 53, 1, 7, 54, 4, 10, 99, 0, 1, 255])
