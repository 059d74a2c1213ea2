"""What a command costs before it does anything: CPU of ``jiyun`` over CPU of a bare interpreter."""

import os
import sys
import tempfile
from functools import partial
from pathlib import Path

from bench.harness import Figure, bench, cpu_of, interleaved, ratio, spread
from bench.seed import OPERATOR, seed_machines

GOAL, BOUND = 4.0, 8.0  # times `python -c pass`; the goal is where a command feels instant on a slow machine
MACHINES = 200
ROUNDS = 15


def environment(home: Path) -> dict[str, str]:
    """A site of its own, English, and bytecode as an installed program has it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("JIYUN_")}
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    return kept | {"JIYUN_HOME": str(home), "JIYUN_LANG": "en", "JIYUN_AS": OPERATOR, "LC_ALL": "C.UTF-8"}


@bench("cli", f"CPU of jiyun --help and jiyun vm list ({MACHINES} VMs) over python -c pass; goal {GOAL:g}")
def measure() -> list[Figure]:
    """Two ratios of CPU; the commands run as a person's would, through the installed script."""
    program = str(Path(sys.executable).with_name("jiyun"))
    with tempfile.TemporaryDirectory(prefix="jiyun-bench-") as folder:
        home = Path(folder)
        seed_machines(home, MACHINES)
        cpu = partial(cpu_of, environment=environment(home))
        commands = {
            "python -c pass": [sys.executable, "-c", "pass"],
            "jiyun --help": [program, "--help"],
            "jiyun vm list": [program, "vm", "list"],
        }
        values = interleaved({name: partial(cpu, argv) for name, argv in commands.items()}, ROUNDS)
    beside = f"python -c pass {spread(values['python -c pass'], 1e3, 'ms')}"
    return [
        Figure(name, ratio(values, name, "python -c pass"), BOUND, "times", beside=f"{spread(values[name], 1e3, 'ms')}; {beside}")
        for name in ("jiyun --help", "jiyun vm list")
    ]
