"""The ``jiyun`` command."""

import gc
import os
import sys
from collections.abc import Sequence

from cli.frame import early
from jiyun import __version__
from jiyun.language import use

_COMPLETION = ("--install-completion", "--show-completion")


def run() -> None:
    """Console script: parse the command line, run it, exit with its status.

    Looking for garbage among the many objects that imports make, and once more at the end, took a fifth of the CPU of
    ``jiyun vm list`` (measured: 7.5 to 6.1 times an empty Python).  So it is looked for rarely, and not at the end.
    """
    gc.set_threshold(100_000)
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # the caller closed it
            setattr(sys, name, open(os.devnull, "w"))  # noqa: SIM115, PTH123 - for as long as the process lives
        # A terminal that cannot show Chinese gets escapes, not a failure.
        getattr(sys, name).reconfigure(errors="backslashreplace")
    status = main(sys.argv[1:])
    gc.freeze()
    sys.exit(status)


def main(arguments: Sequence[str]) -> int:
    """Run one command line (without the program's name) and give its exit status."""
    completing = "_JIYUN_COMPLETE" in os.environ
    seen = early.look(arguments)
    use(early.language(seen))
    if seen.page and not completing:
        return _page(seen.page)
    from cli.frame.failure import guarded

    def work() -> int:
        from cli.frame.lazy import root

        tree = root(completion=completing or any(word in _COMPLETION for word in arguments))
        status = tree.main(list(arguments), prog_name="jiyun", standalone_mode=False)
        return status if isinstance(status, int) else 0

    return guarded(work, json_form=seen.json_errors, home=seen.given.get("home"))


def _page(name: str) -> int:
    """The first help page or the version: neither needs the argument parser."""
    from cli.frame.help import root_page

    print(f"jiyun {__version__}" if name == "version" else root_page())
    return 0


if __name__ == "__main__":
    run()
