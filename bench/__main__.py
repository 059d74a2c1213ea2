"""``python -m bench [NAME…]``: every module of this folder may register benches."""

import importlib
import pkgutil
import sys

import bench
from bench import harness


def main(argv: list[str]) -> int:
    """0 every figure holds, 1 one falls short, 2 usage."""
    for module in pkgutil.iter_modules(bench.__path__):
        if module.name != "__main__":
            importlib.import_module(f"bench.{module.name}")
    if argv[:1] in (["-h"], ["--help"]):
        print("Usage: python -m bench [NAME…]\n" + "\n".join(f"  {one.name:12}{one.purpose}" for one in harness.BENCHES.values()))
        return 0
    return harness.run(argv)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
