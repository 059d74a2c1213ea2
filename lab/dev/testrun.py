"""Every test in stages, and one summary of all: ``python -m lab.dev.testrun [STAGE…] [-- PYTEST ARGUMENTS]`` (./dev test).

The last line is ``N passed, N failed`` over all stages.  A stage of checks that does not hold counts as one failure;
a skipped test, or a hypervisor stage that ran nothing, is a failure too: what was not run is not known to work.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parents[2]
IMAGES = str(Path(os.environ.get("JIYUN_TEST_CACHE") or "/var/cache/jiyun-test").absolute())  # guest images, kept between runs
TIMED_OUT = 124  # how timeout(1) says so
CARRIED = ("LC_ALL", "TZ", "COLUMNS", "PYTHONFAULTHANDLER")
GRACE = 30.0  # seconds for a stage to clean up after itself once its time is over


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a stage ended.  ``note`` says in words why it does not count as good; empty where it does."""

    stage: str
    seconds: float
    passed: int
    failed: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Stage:
    """``limit`` in seconds.  A stage of tests writes a JUnit file, which is where its counts come from."""

    name: str
    argv: tuple[str, ...]
    limit: float
    tests: bool = True
    as_root: bool = False


PYTEST = (sys.executable, "-m", "pytest")
STAGES = (
    Stage("lint", (sys.executable, "-m", "lab.dev.checks"), 900, tests=False),
    Stage("unit", (*PYTEST, "-m", "not hypervisor"), 1200),
    Stage("images", (sys.executable, "-m", "lab.dev.images", IMAGES), 1800, tests=False, as_root=True),
    Stage("hypervisor", (sys.executable, "-m", "lab.enter", "--", *PYTEST, "-m", "hypervisor"), 2700, as_root=True),
)


def environment() -> dict[str, str]:
    """The caller's, without what would change a result: settings of a site, language, place."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("JIYUN_") or name.startswith("JIYUN_TEST_")}
    for name in ("LANGUAGE", "LANG", "PYTEST_ADDOPTS", "PYTEST_PLUGINS"):
        kept.pop(name, None)
    return kept | {
        "JIYUN_TEST_IMAGES": IMAGES,
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
        "COLUMNS": "130",
        "PYTHONFAULTHANDLER": "1",
    }


def through_sudo(stage: Stage) -> bool:
    """Whether this stage needs a root that we are not."""
    return stage.as_root and os.geteuid() != 0


def command(stage: Stage, extra: list[str], junit: Path) -> list[str]:
    """The stage's argument list.

    sudo drops the environment, so what matters is named again; and nobody but root can end what it started, so the
    limit goes with it.
    """
    argv = [*stage.argv, *([f"--junitxml={junit}", "-o", "junit_family=xunit2", *extra] if stage.tests else [])]
    if not through_sudo(stage):
        return argv
    kept = [f"{name}={value}" for name, value in environment().items() if name.startswith("JIYUN_") or name in CARRIED]
    path = f"PATH={os.environ.get('PATH', '')}:/usr/sbin:/sbin"
    limit = ["timeout", "--foreground", f"--kill-after={GRACE:.0f}", f"{stage.limit:.0f}"]
    return ["sudo", "env", path, "PYTHONDONTWRITEBYTECODE=1", *kept, *limit, *argv]


def run_to_end(argv: list[str]) -> int:
    """Run what keeps its own limit, on our terminal, where sudo can ask for a password."""
    status = subprocess.run(argv, cwd=ROOT, env=environment(), stdin=subprocess.DEVNULL, check=False).returncode
    return -signal.SIGALRM if status == TIMED_OUT else status


def watch(argv: list[str], limit: float) -> int:
    """Run with a limit.  At the limit it is interrupted first, so that its own clean-up runs, and killed only after that."""
    child = subprocess.Popen(argv, cwd=ROOT, env=environment(), stdin=subprocess.DEVNULL, start_new_session=True)
    try:
        return child.wait(limit)
    except (subprocess.TimeoutExpired, KeyboardInterrupt) as reason:
        os.killpg(child.pid, signal.SIGINT)
        try:
            child.wait(GRACE)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()
        if isinstance(reason, KeyboardInterrupt):
            raise
        return -signal.SIGALRM


def counts(junit: Path) -> tuple[int, int, int]:
    """(passed, failed, skipped) of a JUnit file; all zero where pytest did not come as far as writing one."""
    if not junit.exists():
        return 0, 0, 0
    suites = list(ElementTree.parse(junit).getroot().iter("testsuite"))  # noqa: S314 - written by our own pytest a moment ago
    total, failed, errors, skipped = (
        sum(int(suite.get(key, "0")) for suite in suites) for key in ("tests", "failures", "errors", "skipped")
    )
    return max(0, total - failed - errors - skipped), failed + errors, skipped


def judge(stage: Stage, status: int, seconds: float, junit: Path) -> Outcome:
    """What a finished stage is worth."""
    passed, failed, skipped = counts(junit)
    if status == -signal.SIGALRM:
        return Outcome(stage.name, seconds, passed, failed + 1, f"stopped after its limit of {stage.limit / 60:.0f} min")
    if skipped:
        return Outcome(stage.name, seconds, passed, failed + skipped, f"{skipped} skipped, which counts as failed")
    if stage.tests and passed + failed == 0:
        return Outcome(stage.name, seconds, 0, 1, f"no test ran (exit status {status})")
    if status and not failed:
        return Outcome(stage.name, seconds, passed, 1, f"ended with exit status {status}")
    return Outcome(stage.name, seconds, passed, failed)


def run_stage(stage: Stage, extra: list[str], folder: Path) -> Outcome:
    """Run one stage with its output passed through as it comes."""
    print(f"\n======== {stage.name} ========", flush=True)
    junit = folder / f"{stage.name}.xml"
    began = time.monotonic()
    argv = command(stage, extra, junit)
    status = run_to_end(argv) if through_sudo(stage) else watch(argv, stage.limit)
    return judge(stage, status, time.monotonic() - began, junit)


def summary(outcomes: list[Outcome]) -> int:
    """Print one line per stage and the total; the exit status."""
    print("\n======== summary ========")
    for one in outcomes:
        verdict = "ok" if not one.failed else "FAILED"
        tests = f"{one.passed} passed, {one.failed} failed" if one.passed or one.failed else ""
        print("  ".join(part for part in (f"{one.stage:12}{verdict:8}{one.seconds:6.0f} s", tests, one.note) if part))
    passed, failed = sum(one.passed for one in outcomes), sum(one.failed for one in outcomes)
    print(f"{passed} passed, {failed} failed", flush=True)
    return 1 if failed or not outcomes else 0


def chosen(names: list[str]) -> list[Stage]:
    """The stages to run: all, or those named; the hypervisor tests boot the images, so these come with them."""
    wanted = {*names, "images"} if "hypervisor" in names else set(names)
    return [stage for stage in STAGES if not names or stage.name in wanted]


def main(argv: list[str]) -> int:
    """0 all good, 1 anything failed, 2 no such stage."""
    names, extra = (argv[: argv.index("--")], argv[argv.index("--") + 1 :]) if "--" in argv else (argv, [])
    known = [stage.name for stage in STAGES]
    unknown = [name for name in names if name not in known]
    if unknown:
        print(f"There is no stage {', '.join(unknown)}; the stages are {', '.join(known)}.", file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # whoever ends us, the stage gets its time to clean up
    folder = Path(tempfile.mkdtemp(prefix="jiyun-test-"))
    try:
        return summary([run_stage(stage, extra, folder) for stage in chosen(names)])
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 1
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
