"""The offices of a city at their terminals: every act is the real ``jiyun`` command in a process of its own."""

import json
import os
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lab.dev import images
from provisioners.codec import machine_from
from provisioners.spec import ImageSpec, MachineSpec
from workflows import images as image_room
from workflows.session import open_session

ROOT = Path(__file__).resolve().parents[2]
MINUTE = 60.0
PATIENCE = 15 * MINUTE  # for one command: a full guest boots in software emulation
KILLED = -9


@dataclass(frozen=True, slots=True)
class People:
    """Who does what; the names stand in the estate file."""

    operator: str
    reviewers: tuple[str, ...]
    approver: str


ITEMS = ("feasibility", "reasonableness", "security", "standards")


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended."""

    words: tuple[str, ...]
    status: int
    out: str
    err: str

    @property
    def error(self) -> dict[str, Any]:
        """``{"code", "message", "detail"}`` of a command that failed under ``-o json``."""
        found: dict[str, Any] = json.loads(self.err.splitlines()[-1])["error"]
        return found

    @property
    def findings(self) -> list[dict[str, Any]]:
        """What ``jiyun doctor`` found."""
        found: list[dict[str, Any]] = json.loads(self.out)
        return found

    def __str__(self) -> str:
        return f"jiyun {' '.join(self.words)}\n-> {self.status}\n{self.out}\n{self.err}"


class Office:
    """One store with its home folder and its people."""

    def __init__(self, home: Path, people: People) -> None:
        self.home = home
        self.people = people

    # -- commands -----------------------------------------------------------------------------------------

    def begin(self, *words: str, actor: str = "", kill_at: str = "") -> "subprocess.Popen[str]":
        """Start a command; ``kill_at`` is ``STEP:before|after|recorded``, where it ends itself by SIGKILL."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("JIYUN_") or name == "JIYUN_LAB"}
        environment |= {"JIYUN_HOME": str(self.home), "JIYUN_LANG": "en", "PYTHONPATH": str(ROOT)}
        if kill_at:
            environment["JIYUN_KILL_AT"] = kill_at
        return subprocess.Popen(
            [sys.executable, "-m", "cli.main", "-o", "json", "--as", actor or self.people.operator, *words],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def end(self, process: "subprocess.Popen[str]", *words: str, status: int | None = None) -> Ended:
        """Wait for a command that was begun; ``status`` is what it must end with, None for any."""
        try:
            out, err = process.communicate(timeout=PATIENCE)
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
        ended = Ended(words, process.returncode, out, err)
        assert status is None or ended.status == status, str(ended)
        return ended

    def run(self, *words: str, actor: str = "", status: int | None = 0, kill_at: str = "") -> Ended:
        """Run a command to its end."""
        return self.end(self.begin(*words, actor=actor, kill_at=kill_at), *words, status=status)

    def ask(self, *words: str, actor: str = "") -> Any:
        """The JSON that a command answers."""
        return json.loads(self.run(*words, actor=actor).out)

    def refused(self, status: int, *words: str, actor: str = "") -> dict[str, Any]:
        """The error of a command that must end with ``status``."""
        return self.run(*words, actor=actor, status=status).error

    def killed(self, at: str, *words: str, actor: str = "") -> None:
        """Run a command that dies by SIGKILL at the given point."""
        self.run(*words, actor=actor, status=KILLED, kill_at=at)

    # -- orders -------------------------------------------------------------------------------------------

    def submit(self, actor: str, system: str, segment: str, hostname: str, *, image: str = "tiny", **more: str) -> str:
        """Apply for a machine; the order's number."""
        extra = [word for name, value in more.items() for word in (f"--{name}", value)]
        given = ["--system", system, "--segment", segment, "--hostname", hostname, "--image", image]
        flavor = [] if "flavor" in more else ["--flavor", "tiny.1"]
        return str(self.ask("order", "submit", *given, *flavor, *extra, actor=actor)["order"])

    def review(self, order: str) -> None:
        """All four items pass, by one reviewer."""
        self.run("order", "review", order, "--all", "--pass", actor=self.people.reviewers[0])

    def review_apart(self, order: str) -> None:
        """All four items pass, each by a reviewer of its own."""
        for item, reviewer in zip(ITEMS, self.people.reviewers, strict=True):
            self.run("order", "review", order, "--item", item, "--pass", actor=reviewer)

    def approve(self, order: str) -> MachineSpec:
        """Approve what was reviewed, or is now; the machine of the approved plan."""
        if self.rows("SELECT state FROM orders WHERE id = ?", order)[0]["state"] == "submitted":
            self.review(order)
        self.run("order", "approve", order, actor=self.people.approver)
        return self.machine(order)

    def machine(self, order: str) -> MachineSpec:
        """The machine as the approved plan has it."""
        return machine_from(json.loads(self.rows("SELECT plan FROM orders WHERE id = ?", order)[0]["plan"])["machine"])

    def state(self, order: str) -> str:
        return str(self.ask("order", "show", order)["state"])

    def steps(self, order: str) -> list[dict[str, Any]]:
        """The step log of an order, oldest first."""
        found: list[dict[str, Any]] = self.ask("order", "show", order)["steps"]
        return found

    def ssh(self, machine: str, command: str) -> str:
        """Output of a command in a machine, which must succeed."""
        return self.run("vm", "ssh", machine, "--", command).out

    def clean(self) -> None:
        """Store and host agree."""
        assert self.ask("doctor") == []

    def sweep(self) -> None:
        """Take away what a story that failed has left, so that the next one does not fail as well."""
        for row in self.ask("order", "list"):
            if row["state"] in ("provisioning", "failed", "cancelling"):
                self.run("order", "cancel", row["id"], "--reason", "sweep", "--yes", status=None)
            elif row["state"] in ("active", "deleting"):
                machine = self.machine(row["id"]).id
                self.run("vm", "stop", machine, "--force", status=None)
                self.run("vm", "delete", machine, "--yes", status=None)

    # -- the store, as it lies on the disk ----------------------------------------------------------------

    def rows(self, sql: str, *values: str) -> list[dict[str, Any]]:
        """Rows of the store, read beside the program."""
        with closing(sqlite3.connect(f"file:{self.home / 'jiyun.db'}?mode=ro", uri=True, timeout=30)) as connection:
            connection.row_factory = sqlite3.Row
            return [dict(row) for row in connection.execute(sql, values)]

    def adopt(self, name: str, folder: Path, built: str) -> ImageSpec:
        """Have a declared image that was built before: inside the lab there is no way to a package source."""
        spec = images.load(folder, built)
        cache, parts = self.home / "images", images.cache_of(folder)
        cache.mkdir(exist_ok=True)
        for part in spec.parts:
            if not (cache / part.sha256).exists():
                os.link(parts.path(part), cache / part.sha256)
        with open_session(f"sqlite:///{self.home / 'jiyun.db'}", self.home, self.people.operator) as session:
            return image_room.adopt(session, name, spec)


def wait_for(what: str, condition: Any, seconds: float = 5 * MINUTE, pause: float = 0.1) -> None:
    """Until ``condition()`` holds; fails with ``what`` after ``seconds``."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"{what}: not within {seconds:g} s"
        time.sleep(pause)
