"""The entry ./dev, its helpers, and the private PostgreSQL cluster that tests run on."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from lab.dev import daemons, testrun
from tests import postgres

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = ("demo", "test", "lint", "bench", "setup", "lock", "clean")


def dev(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run ./dev from another folder, as a person might."""
    environment = {name: value for name, value in os.environ.items() if name not in ("JIYUN_LANG", "LC_ALL", "LANG")} | variables
    argv = [str(ROOT / "dev"), *arguments]
    return subprocess.run(
        argv, cwd="/", env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.parametrize("language", ["en", "zh"])
def test_help_names_every_command_in_both_languages(language: str) -> None:
    done = dev("--help", JIYUN_LANG=language)
    assert done.returncode == 0
    assert [name for name in COMMANDS if f"\n  {name} " not in done.stdout] == []
    assert ("用法" in done.stdout) == (language == "zh")


def test_an_unknown_command_is_refused_with_the_usage() -> None:
    done = dev("destroy")
    assert (done.returncode, done.stdout) == (2, "")
    assert "./dev COMMAND" in done.stderr


def test_a_python_that_is_too_old_or_missing_is_said_clearly(tmp_path: Path) -> None:
    for name in ("dev", "lab/dev/system.sh", "lab/dev/python.sh"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text((ROOT / name).read_text())
    environment = os.environ | {"JIYUN_PYTHON": "/nonexistent/python3", "JIYUN_NO_APT": "1", "JIYUN_LANG": "en"}
    argv = ["sh", str(tmp_path / "dev"), "setup"]
    done = subprocess.run(argv, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert "No Python 3.11 or newer" in done.stderr and "JIYUN_PYTHON=" in done.stderr


JUNIT = '<testsuites><testsuite tests="{tests}" failures="{failures}" errors="{errors}" skipped="{skipped}"/></testsuites>'


@pytest.mark.parametrize(
    ("status", "tests", "failures", "skipped", "passed", "failed"),
    [
        (0, 5, 0, 0, 5, 0),
        (1, 5, 2, 0, 3, 2),
        (0, 5, 0, 1, 4, 1),  # a skipped test is not known to pass
        (5, 0, 0, 0, 0, 1),  # nothing ran
        (0, 0, 0, 0, 0, 1),
        (3, 5, 0, 0, 5, 1),  # all passed and yet pytest itself failed
        (-signal.SIGALRM, 5, 0, 0, 5, 1),
    ],
)
def test_what_a_stage_is_worth(
    tmp_path: Path, status: int, tests: int, failures: int, skipped: int, passed: int, failed: int
) -> None:
    junit = tmp_path / "junit.xml"
    junit.write_text(JUNIT.format(tests=tests, failures=failures, errors=0, skipped=skipped))
    outcome = testrun.judge(testrun.Stage("unit", (), 60), status, 1.0, junit)
    assert (outcome.passed, outcome.failed) == (passed, failed)


def test_a_stage_that_wrote_no_counts_failed(tmp_path: Path) -> None:
    outcome = testrun.judge(testrun.Stage("hypervisor", (), 60), 0, 1.0, tmp_path / "missing.xml")
    assert outcome.failed == 1 and "no test ran" in outcome.note


def test_the_last_line_of_a_run_is_its_total(capsys: pytest.CaptureFixture[str]) -> None:
    assert testrun.summary([testrun.Outcome("lint", 1, 0, 0), testrun.Outcome("unit", 2, 7, 0)]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "7 passed, 0 failed"
    assert testrun.summary([testrun.Outcome("unit", 2, 7, 0), testrun.Outcome("hypervisor", 2, 1, 1, "late")]) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "8 passed, 1 failed"


def test_a_stage_past_its_limit_is_interrupted_so_that_it_can_clean_up(tmp_path: Path) -> None:
    cleaned = tmp_path / "cleaned"
    program = f"trap 'touch {cleaned}; exit 1' INT; while :; do sleep 0.1; done"
    assert testrun.watch(["sh", "-c", program], 3.0) == -signal.SIGALRM
    assert cleaned.exists()


def test_only_a_daemon_that_is_still_ours_is_stopped(tmp_path: Path) -> None:
    state = tmp_path / "daemons.json"
    with subprocess.Popen(["sleep", "60"]) as other:
        # The same id, another start: what we started is gone, and its id went to somebody else's process.
        daemons.write_state(state, [daemons.Started("libvirtd", other.pid, daemons.born(other.pid) - 1)])
        daemons.stop_all(state)
        assert other.poll() is None
        other.terminate()
    assert not state.exists()


def test_a_daemon_of_ours_is_stopped(tmp_path: Path) -> None:
    state = tmp_path / "daemons.json"
    # Started by a shell that ends at once, as a daemon is: nobody here has to wait for it.
    started = subprocess.run(["sh", "-c", "sleep 60 >/dev/null 2>&1 & echo $!"], capture_output=True, text=True, check=True)
    pid = int(started.stdout)
    daemons.write_state(state, [daemons.Started("libvirtd", pid, daemons.born(pid))])
    daemons.stop_all(state)
    assert daemons.born(pid) == 0
    assert not state.exists()


def test_a_cluster_leaves_nothing_behind_when_its_maker_is_killed(tmp_path: Path) -> None:
    program = (
        "import json, pathlib, sys, time\nfrom tests import postgres\n"
        "with postgres.cluster() as c:\n"
        "    pathlib.Path(sys.argv[1]).write_text(json.dumps([c.pid, str(c.folder)]))\n    time.sleep(60)\n"
    )
    told = tmp_path / "told"
    with subprocess.Popen([sys.executable, "-c", program, str(told)], cwd=ROOT) as maker:
        wait(lambda: told.exists() and told.stat().st_size > 0)
        pid, folder = json.loads(told.read_text())
        assert daemons.born(pid)
        maker.kill()
    wait(lambda: not daemons.born(pid) and not Path(folder).exists())


def test_both_addresses_of_a_cluster_answer() -> None:
    import psycopg

    with postgres.cluster() as running:
        with psycopg.connect(running.url) as local, psycopg.connect(running.tcp_url) as network:
            assert local.execute("SELECT 1").fetchone() == network.execute("SELECT 1").fetchone() == (1,)
        wrong = running.tcp_url.replace(":", ":wrong", 2).replace("postgresql:wrong", "postgresql:", 1)
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(wrong)
    assert not running.folder.exists()


def test_a_fresh_database_is_empty(database_url: str) -> None:
    if database_url.startswith("sqlite:///"):
        assert not Path(database_url.removeprefix("sqlite:///")).exists()
        return
    import psycopg

    with psycopg.connect(database_url) as connection:
        rows = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
    assert rows == (0,)


def wait(condition: Callable[[], bool], seconds: float = 30.0) -> None:
    """Poll a callable until it holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)
