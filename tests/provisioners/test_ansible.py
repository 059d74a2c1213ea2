"""Playbook runs over a real sshd on loopback: results, strictness, isolation, secrets, time limit, death of the caller."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jiyun.errors import Exit, JiyunError
from playbooks import BASELINE
from provisioners.ansible import JSON, run_playbook
from provisioners.hostkeys import LoginKey, host_key, login_key
from provisioners.job_record import PlaybookResult
from provisioners.spec import MachineSpec
from tests.provisioners.loopback import free_port, machine_at, sshd

HOST = host_key(bytes(32), "m-1")
OTHER = host_key(bytes(32), "m-2")
MACHINE = machine_at("127.0.0.1", HOST.public)

WRITE = """
- name: Write a file
  ansible.builtin.copy: {content: "{{ text }}", dest: "{{ path }}", mode: "0600"}
- name: Look at it
  ansible.builtin.command: {argv: [cat, "{{ path }}"]}
  changed_when: false
"""


@pytest.fixture(scope="module")
def login(tmp_path_factory: pytest.TempPathFactory) -> LoginKey:
    return login_key(tmp_path_factory.mktemp("login"))


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory, login: LoginKey) -> Iterator[int]:
    with sshd(tmp_path_factory.mktemp("sshd") / "run", HOST, login) as number:
        yield number


def playbook(folder: Path, tasks: str) -> Path:
    path = folder / "site.yml"
    body = tasks.strip().replace("\n", "\n    ")
    path.write_text(f"- name: Test\n  hosts: all\n  gather_facts: false\n  tasks:\n    {body}\n")
    return path


def play(
    book: Path, login: LoginKey, job: Path, port: int, machine: MachineSpec = MACHINE, said: list[str] | None = None, **more: Any
) -> PlaybookResult:
    variables: dict[str, JSON] = more.pop("variables", {})
    tell = (said if said is not None else []).append
    return run_playbook(book, machine, login.private, job, tell, variables, port=port, **more)


def failure(book: Path, login: LoginKey, job: Path, port: int, machine: MachineSpec = MACHINE, **more: Any) -> JiyunError:
    with pytest.raises(JiyunError) as caught:
        play(book, login, job, port, machine, **more)
    assert (caught.value.code, caught.value.exit) == ("guest.playbook-failed", Exit.EXTERNAL)
    assert str(job) in caught.value.message()
    return caught.value


def events(job: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (job / "events.jsonl").read_text().splitlines()]


def descendants(marker: str) -> list[int]:
    """Processes whose command line holds ``marker``."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                line = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if marker.encode() in line:
                found.append(int(entry.name))
    return found


def test_a_second_run_changes_nothing_and_both_are_recorded(login: LoginKey, port: int, tmp_path: Path) -> None:
    book = playbook(tmp_path, WRITE)
    variables = {"text": "集云\n", "path": str(tmp_path / "made")}
    said: list[str] = []
    first = play(book, login, tmp_path / "job 1", port, said=said, variables=variables)
    second = play(book, login, tmp_path / "job 2", port, variables=variables)
    assert (tmp_path / "made").read_text() == "集云\n"
    assert said == ["Write a file", "Look at it"]
    assert (first.succeeded, first.ok, first.changed, first.failed, first.unreachable) == (True, 2, 1, 0, 0)
    assert (second.ok, second.changed, second.failed_task, second.reason) == (2, 0, "", "")
    assert second.recap == "app-1 : ok=2 changed=0 unreachable=0 failed=0 skipped=0"
    summary = json.loads((tmp_path / "job 1" / "summary.json").read_text())
    assert (summary["succeeded"], summary["changed"], summary["status"]) == (True, 1, 0)
    kinds = [event["event"] for event in events(tmp_path / "job 1")]
    assert kinds == ["playbook_on_task_start", "runner_on_ok"] * 2 + ["playbook_on_stats"]


def test_the_job_record_is_private_and_holds_no_key_and_no_environment(login: LoginKey, port: int, tmp_path: Path) -> None:
    os.environ["JIYUN_DATABASE"] = "postgresql://jiyun:pass-word@db/jiyun"
    try:
        play(playbook(tmp_path, WRITE), login, tmp_path / "job", port, variables={"text": "x", "path": str(tmp_path / "made")})
    finally:
        del os.environ["JIYUN_DATABASE"]
    job = tmp_path / "job"
    assert job.stat().st_mode & 0o777 == 0o700
    names = {path.name for path in job.rglob("*")}
    assert names == {"inventory.yml", "variables.yml", "known_hosts", "ansible.cfg", "events.jsonl", "summary.json"}
    whole = "".join(path.read_text() for path in job.iterdir())
    assert "pass-word" not in whole
    assert not any(line in whole for line in login.private.read_text().splitlines() if len(line) > 20)
    assert str(login.private) in whole


def test_text_is_never_taken_for_a_template(login: LoginKey, port: int, tmp_path: Path) -> None:
    text = "{{ 7 * 7 }} {{ lookup('pipe', 'id') }} {% raw %} \"'\n"
    play(playbook(tmp_path, WRITE), login, tmp_path / "job", port, variables={"text": text, "path": str(tmp_path / "made")})
    assert (tmp_path / "made").read_text() == text


def test_empty_text_stays_text_and_lists_and_numbers_stay_what_they_are(login: LoginKey, port: int, tmp_path: Path) -> None:
    tasks = """
- name: Compare
  ansible.builtin.assert:
    that: ['blank == ""', 'words == ["a", ""]', number == 7, flag]
"""
    variables: dict[str, JSON] = {"blank": "", "words": ["a", ""], "number": 7, "flag": True}
    assert play(playbook(tmp_path, tasks), login, tmp_path / "job", port, variables=variables).ok == 1


def test_settings_of_the_machine_take_no_part(login: LoginKey, port: int, tmp_path: Path) -> None:
    (tmp_path / "ansible.cfg").write_text("[defaults]\nstdout_callback = nonsense\ninventory = /nonexistent\n")
    os.environ["ANSIBLE_CONFIG"] = str(tmp_path / "ansible.cfg")
    os.environ["ANSIBLE_VAULT_PASSWORD_FILE"] = "/nonexistent/vault"
    os.environ["ANSIBLE_HOST_KEY_CHECKING"] = "False"
    try:
        book = playbook(tmp_path, WRITE)
        variables = {"text": "x", "path": str(tmp_path / "made")}
        assert play(book, login, tmp_path / "job", port, variables=variables).ok == 2
        strange = machine_at("127.0.0.1", OTHER.public)
        assert "erification failed" in failure(book, login, tmp_path / "job 2", port, strange, variables=variables).message()
    finally:
        for name in ("ANSIBLE_CONFIG", "ANSIBLE_VAULT_PASSWORD_FILE", "ANSIBLE_HOST_KEY_CHECKING"):
            del os.environ[name]


def test_another_host_key_is_never_accepted(login: LoginKey, port: int, tmp_path: Path) -> None:
    book = playbook(tmp_path, WRITE)
    strange = machine_at("127.0.0.1", OTHER.public)
    error = failure(book, login, tmp_path / "job", port, strange, variables={"text": "", "path": "/x"})
    assert "erification failed" in error.message()
    summary = json.loads((tmp_path / "job" / "summary.json").read_text())
    assert (summary["unreachable"], summary["succeeded"]) == (1, False)
    assert OTHER.public in (tmp_path / "job" / "known_hosts").read_text()
    assert HOST.public not in (tmp_path / "job" / "known_hosts").read_text()


def test_a_failing_task_is_named_with_its_reason(login: LoginKey, port: int, tmp_path: Path) -> None:
    tasks = """
- name: May fail
  ansible.builtin.command: {argv: ["false"]}
  ignore_errors: true
- name: Refuse the system
  ansible.builtin.fail: {msg: "the disk is not there"}
- name: Never reached
  ansible.builtin.command: {argv: ["true"]}
"""
    error = failure(playbook(tmp_path, tasks), login, tmp_path / "job", port)
    assert (error.fields["task"], error.fields["reason"]) == ("Refuse the system", "the disk is not there")
    assert "site.yml failed on app-1 at task 'Refuse the system': the disk is not there" in error.message()
    bad = [event for event in events(tmp_path / "job") if event.get("message")]
    assert bad[-1]["message"] == "the disk is not there"


def test_a_guest_that_is_gone_and_a_playbook_that_is_broken(login: LoginKey, tmp_path: Path) -> None:
    error = failure(playbook(tmp_path, WRITE), login, tmp_path / "job", free_port(), variables={"text": "", "path": "/x"})
    assert "refused" in error.message()
    (tmp_path / "broken.yml").write_text("- hosts: [\n")
    error = failure(tmp_path / "broken.yml", login, tmp_path / "job 2", 1)
    assert error.fields["reason"]


def test_a_run_that_takes_too_long_is_ended_with_its_workers(login: LoginKey, port: int, tmp_path: Path) -> None:
    book = playbook(tmp_path, "- name: Sleep\n  ansible.builtin.command: {argv: [sleep, '61.25']}")
    start = time.monotonic()
    error = failure(book, login, tmp_path / "job", port, timeout_seconds=6)
    assert time.monotonic() - start < 25
    assert (error.fields["task"], error.fields["reason"]) == ("Sleep", "not done within 6 s")
    assert left(str(tmp_path / "job")) == []


def test_the_baseline_is_well_formed_and_needs_only_what_ansible_itself_brings(tmp_path: Path) -> None:
    program = str(Path(sys.executable).parent / "ansible-playbook")
    environment = {**os.environ, "HOME": str(tmp_path), "ANSIBLE_COLLECTIONS_PATH": str(tmp_path), "LC_ALL": "C.UTF-8"}
    argv = [program, "--syntax-check", "-i", "localhost,", str(BASELINE)]
    done = subprocess.run(argv, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    words = [word for path in BASELINE.parent.rglob("*.yml") for word in path.read_text().split()]
    modules = [word for word in words if word.endswith(":") and "." in word]
    assert modules and all(word.startswith("ansible.builtin.") for word in modules)


CALLER = """
import sys
from pathlib import Path
from provisioners.ansible import run_playbook
from provisioners.hostkeys import host_key
from tests.provisioners.loopback import machine_at
book, key, job, port = sys.argv[1:]
machine = machine_at("127.0.0.1", host_key(bytes(32), "m-1").public)
run_playbook(Path(book), machine, Path(key), Path(job), lambda name: print(name, flush=True), {}, port=int(port))
"""


def test_when_the_caller_is_killed_ansible_dies_too(login: LoginKey, port: int, tmp_path: Path) -> None:
    tasks = "- name: Sleep\n  ansible.builtin.command: {argv: [sleep, '62.25']}\n"
    tasks += f"- name: Too late\n  ansible.builtin.command: {{argv: [touch, {tmp_path}/late]}}"
    book = playbook(tmp_path, tasks)
    argv = [sys.executable, "-c", CALLER, str(book), str(login.private), str(tmp_path / "job"), str(port)]
    environment = {**os.environ, "PYTHONPATH": str(Path.cwd())}
    with subprocess.Popen(argv, env=environment, stdout=subprocess.PIPE, text=True) as caller:
        assert caller.stdout is not None and caller.stdout.readline() == "Sleep\n"
        time.sleep(1)
        assert len(descendants(str(tmp_path / "job"))) > 1
        caller.send_signal(signal.SIGKILL)
        caller.wait(10)
    assert left(str(tmp_path / "job")) == []
    assert not (tmp_path / "late").exists()
    assert (tmp_path / "job" / "events.jsonl").read_text()
    assert not (tmp_path / "job" / "summary.json").exists()


def keep(seconds: str, caller: int, *command: str) -> "subprocess.Popen[bytes]":
    keeper = str(Path("provisioners/keeper.py").absolute())
    return subprocess.Popen([sys.executable, "-I", "-S", keeper, seconds, str(caller), *command])


def test_the_keeper_passes_statuses_on_and_leaves_no_orphan() -> None:
    sh = "/bin/sh"
    with keep("20", os.getpid(), sh, "-c", "exit 7") as kept:
        assert kept.wait(20) == 7
    with keep("20", os.getpid(), sh, "-c", "kill -9 $$") as kept:
        assert kept.wait(20) == 137
    with keep("1", os.getpid(), sh, "-c", "setsid setsid sleep 71.5 & setsid sleep 71.5 & wait") as kept:
        assert kept.wait(20) == 124
    with keep("20", os.getpid(), sh, "-c", "setsid sleep 71.5 & exit 0") as kept:
        assert kept.wait(20) == 0
    with keep("20", 1, sh, "-c", "sleep 71.5") as kept:  # whoever it was started for is already gone
        assert kept.wait(20) == 143
    assert descendants("71.5") == []


def left(marker: str) -> list[str]:
    """Command lines with ``marker`` of the processes that have not ended after a while."""
    deadline = time.monotonic() + 15
    while descendants(marker) and time.monotonic() < deadline:
        time.sleep(0.2)
    return [Path(f"/proc/{number}/cmdline").read_text().replace("\0", " ") for number in descendants(marker)]
