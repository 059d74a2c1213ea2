"""The real command with one module of commands put in place of the real ``cli.vm``."""

from pathlib import Path

import cli

cli.__path__.insert(0, str(Path(__file__).parent / "groups"))

from cli.main import run  # noqa: E402 - the path has to be in place first

run()
