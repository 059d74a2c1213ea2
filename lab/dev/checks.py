"""The checks that read the code and run none of it: ``python -m lab.dev.checks`` (./dev lint)."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
INDEX_ADDRESS = re.compile(r"://|--(extra-)?index|--find-links|--trusted-host")

PROGRAMS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("ruff check", ("ruff", "check", "--quiet", ".")),
    ("ruff format", ("ruff", "format", "--check", "--quiet", ".")),
    ("mypy --strict", ("mypy", "--strict", "--no-error-summary")),
    ("import layers", ("lint-imports", "--no-cache")),
)


def program_holds(argv: tuple[str, ...]) -> bool:
    """Run one tool of the virtual environment over the whole tree; its words are shown only where it objects."""
    done = subprocess.run(
        (str(BIN / argv[0]), *argv[1:]),
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    if done.returncode:
        print(done.stdout + done.stderr, flush=True)
    return done.returncode == 0


def addresses_in_locks() -> list[str]:
    """Lines of the lock files that name a package index: each is a fact about one workplace, not about Jiyun."""
    return [
        f"{path.relative_to(ROOT)}:{number}: {line}"
        for path in sorted((ROOT / "requirements").glob("*.lock"))
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if INDEX_ADDRESS.search(line)
    ]


def failures() -> list[str]:
    """The names of the checks that do not hold; every one is run, so that one run shows all there is to mend."""
    failed = []
    for name, argv in PROGRAMS:
        print(f"{name} … ", end="", flush=True)
        holds = program_holds(argv)
        print("ok" if holds else f"{name} FAILED", flush=True)
        if not holds:
            failed.append(name)
    found = addresses_in_locks()
    print("lock files …", "FAILED\n" + "\n".join(found) if found else "ok", flush=True)
    return failed + (["lock files"] if found else [])


if __name__ == "__main__":
    broken = failures()
    print("lint: " + (", ".join(broken) + " failed" if broken else "ok"))
    sys.exit(1 if broken else 0)
