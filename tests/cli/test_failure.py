"""How runs end: exit status, sentences, JSON errors, traces."""

import os
import signal
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from cli.frame.catalogue import Entry
from cli.frame.failure import PipeBroken, guarded
from cli.frame.lazy import load_entry
from jiyun.language import Text
from tests.cli.conftest import SAMPLE, Run, environment


def test_a_refusal_has_its_status_and_one_sentence(run: Run) -> None:
    ended = run("vm", "start", "web-01", "--count", "3")
    assert (ended.status, ended.out, ended.err) == (4, "", "Error: Asked 3, left 0 for web-01.\n")


@pytest.mark.parametrize(
    "words", [("-o", "json", "vm", "start", "x"), ("vm", "start", "x", "-ojson"), ("vm", "start", "x", "--output=json")]
)
def test_a_refusal_as_json_wherever_the_option_stands(run: Run, words: tuple[str, ...]) -> None:
    ended = run(*words, "--lang", "zh")
    assert ended.status == 4
    assert ended.error() == {
        "code": "sample.quota",
        "message": "x 申请 1，剩余 0。",
        "detail": {"name": "x", "asked": 1, "left": 0},
    }


@pytest.mark.parametrize(
    ("words", "english", "chinese", "parameter"),
    [
        (("vm", "list", "--departmnt", "x"), "No such option '--departmnt'.", "没有选项 --departmnt。", "--departmnt"),
        (("vm", "show"), "Missing argument 'NAME'.", "缺少参数 NAME。", "name"),
        (("vm", "stop", "x"), "Missing option '--reason'.", "缺少选项 --reason。", "--reason"),
        (("vm", "list", "-o", "xml"), "'xml' is not one of", "只能是 table、json、yaml、csv 之一。", "--output"),
        (("vm", "start", "x", "--count", "two"), "'two' is not a valid integer", "--count 的值不对：必须是整数。", "--count"),
        (("vm", "stop", "--reason"), "Option '--reason' requires an argument.", "选项 --reason 需要一个值。", "--reason"),
        (("vm", "list", "--quiet=1"), "does not take a value", "选项 --quiet 不带值。", "--quiet"),
        (("vm", "list", "more", "words"), "unexpected extra arguments (more words)", "多余的参数：more words。", None),
        (("vm", "lst"), "No such command 'lst'. Did you mean 'list'?", "没有命令 lst。是否指 list？", None),
        (("vmm",), "No such command 'vmm'. Did you mean 'vm'?", "没有命令 vmm。是否指 vm？", None),
    ],
)
def test_a_wrong_command_line(run: Run, words: tuple[str, ...], english: str, chinese: str, parameter: str | None) -> None:
    in_english = run(*words)
    assert in_english.status == 2
    assert english in in_english.err
    assert "--help'." in in_english.err or "--reason" in words or "--quiet=1" in words
    assert chinese in run("--lang", "zh", *words).err
    as_json = run("-o", "json", *words)
    if "xml" not in words:
        assert as_json.status == 2
        assert as_json.error()["code"] == "usage"
        assert as_json.error()["detail"].get("parameter") == parameter


def test_no_command_shows_the_page_and_is_a_usage_error(run: Run) -> None:
    for words in ((), ("vm",)):
        ended = run(*words)
        assert (ended.status, ended.out) == (2, "")
        assert ended.err.startswith("Usage: jiyun")
    assert run("vm", "-o", "json").error()["code"] == "usage"


def test_a_command_without_its_module_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    def work() -> int:
        load_entry(Entry("gone", Text("", "")))
        return 0

    assert guarded(work, json_form=False, home=None) == 1
    assert capsys.readouterr().err.startswith("Error: The command gone is not part of this installation")


def test_a_connection_that_breaks_is_no_reader_that_leaves(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def work() -> int:
        ours, theirs = socket.socketpair()
        theirs.close()
        try:
            ours.send(b"x")
        except BrokenPipeError as error:
            raise PipeBroken from error
        finally:
            ours.close()
        return 0

    assert guarded(work, json_form=False, home=str(tmp_path)) == 1
    assert "BrokenPipeError at test_failure.py" in capsys.readouterr().err


@pytest.mark.parametrize("words", [("vm", "list"), ("vm", "list", "-o", "json"), ("vm", "reboot", "x")])
def test_a_full_disk_is_one_sentence(tmp_path: Path, words: tuple[str, ...]) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, str(SAMPLE), *words],
            env=environment(tmp_path),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
        )
    assert done.returncode == 1
    assert "The output could not be written (No space left on device); what was printed is not complete." in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_closed_output_streams_do_no_harm(tmp_path: Path) -> None:
    script = f"exec {sys.executable} {SAMPLE} vm list >&- 2>&-"
    assert subprocess.run(["/bin/sh", "-c", script], env=environment(tmp_path), timeout=60).returncode == 0


def test_an_unforeseen_fault_keeps_its_trace_private_and_without_passwords(run: Run, tmp_path: Path) -> None:
    (tmp_path / "jiyun").mkdir()
    ended = run("vm", "stop", "x", "--reason", "r", "-o", "json")
    assert ended.status == 1
    assert ended.error()["code"] == "internal"
    assert ended.error()["detail"]["what"].startswith("RuntimeError at vm.py:")
    log = Path(ended.error()["detail"]["log"])
    assert log.parent == tmp_path / "jiyun" / "log"
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    text = log.read_text()
    assert "Traceback" in text and "postgresql://u:***@h/x" in text
    assert "hunter2" not in text


def test_a_trace_goes_to_the_temporary_directory_where_there_is_no_home(run: Run, tmp_path: Path) -> None:
    ended = run("vm", "stop", "x", "--reason", "r", TMPDIR=str(tmp_path))
    assert ended.status == 1
    assert "Traceback" not in ended.err
    (log,) = tmp_path.glob("jiyun-*.log")
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    assert not (tmp_path / "jiyun").exists()


def test_interrupt_is_quiet(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, str(SAMPLE), "vm", "console"],
        env=environment(tmp_path),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "waiting\n"
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (130, "")


def test_a_reader_that_leaves_ends_the_command_quietly(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    with subprocess.Popen(
        [sys.executable, str(SAMPLE), "vm", "delete", "--yes"], env=environment(tmp_path), stdout=writing, stderr=subprocess.PIPE
    ) as process:
        os.close(writing)
        os.read(reading, 10)
        os.close(reading)
        _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (141, b"")


def test_a_status_that_a_command_chooses(run: Run) -> None:
    assert run("vm", "delete", "--yes").status == 9


def test_confirmation(run: Run, run_on_terminal: Run) -> None:
    refused = run("vm", "delete")
    assert refused.status == 2
    assert "Add --yes" in refused.err
    declined = run_on_terminal("vm", "delete", typed="n\n")
    assert declined.status == 1
    assert "nothing was changed" in declined.out


def test_a_terminal_without_chinese_gets_escapes(run: Run) -> None:
    ended = run("vm", "list", PYTHONIOENCODING="ascii")
    assert ended.status == 0
    assert "\\u653f" in ended.out
