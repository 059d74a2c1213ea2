"""Runs ``jiyun`` commands the way a person would and shows each of them first, so that a newcomer can repeat it."""

import json
import os
import shlex
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from jiyun.language import t

ROOT = Path(__file__).resolve().parents[1]
_HEARTBEAT_SECONDS = 30.0


class CommandFailed(Exception):
    """A command of the story ended with a status other than 0; ``status`` is that status, as a shell gives it."""

    def __init__(self, words: tuple[str, ...], status: int) -> None:
        super().__init__(shown(words))
        self.status = status if status > 0 else 128 - status


def shown(words: tuple[str, ...]) -> str:
    """A command as one would type it."""
    return "jiyun " + shlex.join(words)


class Narrator:
    """``home`` is the home folder of the store.  Every command is a process of its own, as for a person at a terminal."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self._environment = {name: value for name, value in os.environ.items() if name not in ("JIYUN_DATABASE", "JIYUN_AS")}
        self._environment |= {"JIYUN_HOME": str(home), "PYTHONUNBUFFERED": "1"}

    def say(self, en: str, zh: str) -> None:
        """One line between the commands, in the language in use."""
        print(f"\n{t(en, zh)}", flush=True)

    def run(self, *words: str, doing: Callable[[], str] = str) -> None:
        """Show and run a command, its output passed through; :class:`CommandFailed` unless it ends with 0.

        ``doing`` says what long work is at, where no progress bar is seen.
        """
        print(f"\n$ {shown(words)}", flush=True)
        status = self._watched(words, doing)
        if status:
            raise CommandFailed(words, status)

    def run_shortly(self, *words: str, lines: int) -> None:
        """As :meth:`run`, but of a long output only the last ``lines`` are shown."""
        print(f"\n$ {shown(words)}", flush=True)
        done = self._captured(words)
        printed = done.stdout.splitlines()
        if len(printed) > lines:
            print(t(f"… {len(printed) - lines} lines more …", f"……省略 {len(printed) - lines} 行……"))
        print("\n".join(printed[-lines:]), flush=True)
        if done.returncode:
            print(done.stderr, end="", file=sys.stderr)
            raise CommandFailed(words, done.returncode)

    def try_quietly(self, *words: str) -> int:
        """Run a command for its exit status alone."""
        return self._captured(words).returncode

    def ask(self, *words: str) -> Any:
        """What a command answers with ``-o json``; not shown, because it is only how the story finds its way."""
        full = ("-o", "json", *words)
        done = self._captured(full)
        if done.returncode:
            print(done.stderr, end="", file=sys.stderr)
            raise CommandFailed(full, done.returncode)
        return json.loads(done.stdout)

    def _argv(self, words: tuple[str, ...]) -> list[str]:
        return [sys.executable, "-m", "cli.main", *words]

    def _captured(self, words: tuple[str, ...]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self._argv(words),
            cwd=ROOT,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=900,
            check=False,
        )

    def _watched(self, words: tuple[str, ...], doing: Callable[[], str]) -> int:
        """Wait for a command.  Where its progress bar is not seen, one line every half minute says that it lives."""
        child = subprocess.Popen(self._argv(words), cwd=ROOT, env=self._environment, stdin=subprocess.DEVNULL)
        began = time.monotonic()
        try:
            while True:
                try:
                    return child.wait(_HEARTBEAT_SECONDS)
                except subprocess.TimeoutExpired:
                    if not sys.stderr.isatty():
                        seconds = round(time.monotonic() - began)
                        said = t(f"  … at work for {seconds} s", f"  ……已进行 {seconds} 秒")
                        print(f"{said} {doing()}".rstrip(), flush=True)
        finally:
            if child.poll() is None:
                child.terminate()
                child.wait()
