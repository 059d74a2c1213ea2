"""Ansible against one guest.  ansible-runner drives the ansible-playbook of Jiyun's own environment.

Nothing of the machine's Ansible or SSH settings takes part, the only host key accepted is the one made for the guest,
and when Jiyun dies, even by SIGKILL, nothing that it started for the run stays behind.
"""

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from jiyun.language import t
from provisioners.job_record import JobRecord, PlaybookResult
from provisioners.keeper import TIMED_OUT
from provisioners.problems import PLAYBOOK_FAILED, TOOL_MISSING
from provisioners.spec import MachineSpec
from provisioners.ssh import SSH_PORT, known_hosts_line, strict_options

JSON = str | int | bool | None | list["JSON"] | Mapping[str, "JSON"]

TIMEOUT_SECONDS = 1800
_BACKSTOP_SECONDS = 30  # ansible-runner ends the run itself so long after the keeper should have
_CONNECT_SECONDS = 30
_SOCKET = "s"  # the shared connection, in a folder of its own
# Named explicitly, so that no other file is looked for.  Ansible polls its worker a thousand times a second by itself,
# which costs the emulated guest beside it a good part of a processor.
_SETTINGS = "[defaults]\ninternal_poll_interval = 0.05\n"
_GUEST_PYTHON = "/usr/bin/python3"


def run_playbook(
    playbook: Path,
    machine: MachineSpec,
    key: Path,
    job_dir: Path,
    progress: Callable[[str], None],
    variables: Mapping[str, JSON],
    *,
    timeout_seconds: int = TIMEOUT_SECONDS,
    port: int = SSH_PORT,
) -> PlaybookResult:
    """Run ``playbook`` on the guest as its login account; ``guest.playbook-failed`` unless every task went well.

    ``job_dir`` belongs to this run: it is made (mode 0700) and keeps the inventory, the variables, ``events.jsonl``
    and ``summary.json``.  Text in ``variables`` is data: template marks in it are not acted on.  ``progress`` is
    given each task's name as it starts.
    """
    job_dir = job_dir.absolute()
    _require_tools()
    work = _prepare(job_dir, machine, key, variables, port)
    control = Path(tempfile.mkdtemp(prefix="jya-"))  # short: a socket's path holds 107 bytes at most
    started = time.monotonic()
    try:
        with JobRecord(job_dir, progress) as record, _shared_connection(machine, key, job_dir, control, port):
            status = _execute(playbook.absolute(), job_dir, work, control, timeout_seconds, record)
            if status == TIMED_OUT:
                record.reason = t(f"not done within {timeout_seconds} s", f"{timeout_seconds} 秒内未完成")
            result = record.finish(machine.hostname, status, time.monotonic() - started)
    finally:
        shutil.rmtree(control, ignore_errors=True)
        shutil.rmtree(work, ignore_errors=True)
    if not result.succeeded:
        raise PLAYBOOK_FAILED(
            playbook=playbook.name, host=machine.hostname, task=result.failed_task, reason=result.reason, job=job_dir
        )
    return result


def _prepare(job_dir: Path, machine: MachineSpec, key: Path, variables: Mapping[str, JSON], port: int) -> Path:
    """Write what Ansible reads into ``job_dir``; returns the scratch folder in it."""
    job_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    job_dir.chmod(0o700)
    work = job_dir / "work"
    shutil.rmtree(work, ignore_errors=True)  # of a run that was killed
    work.mkdir(mode=0o700)
    host: dict[str, JSON] = {
        "ansible_host": machine.port.ipv4,
        "ansible_port": port,
        "ansible_user": machine.login,
        "ansible_ssh_private_key_file": str(key.absolute()),
        "ansible_python_interpreter": _GUEST_PYTHON,
    }
    _write_yaml(job_dir / "inventory.yml", {"all": {"hosts": {machine.hostname: host}}})
    _write_yaml(job_dir / "variables.yml", dict(variables))
    (job_dir / "known_hosts").write_text(known_hosts_line(machine, port) + "\n")
    (job_dir / "ansible.cfg").write_text(_SETTINGS)
    return work


def _write_yaml(path: Path, document: Mapping[str, JSON]) -> None:
    """Write YAML in which every text value is marked unsafe: Ansible then never takes it for a template."""
    import yaml

    class Dumper(yaml.SafeDumper):
        pass

    Dumper.add_representer(_Literal, lambda dumper, value: dumper.represent_scalar("!unsafe", str(value), style='"'))
    path.write_text(yaml.dump(_literal(document), Dumper=Dumper, allow_unicode=True, sort_keys=False))


class _Literal(str):
    """A text value that must stay as it is."""

    __slots__ = ()


def _literal(value: JSON) -> Any:
    if isinstance(value, str):
        return _Literal(value) if value else value  # Ansible reads an empty text with a tag as null
    if isinstance(value, Mapping):
        return {str(name): _literal(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_literal(item) for item in value]
    return value


def _execute(playbook: Path, job_dir: Path, work: Path, control: Path, timeout_seconds: int, record: JobRecord) -> int:
    """Run ansible-playbook under ansible-runner; returns its exit status."""
    from ansible_runner import Runner, RunnerConfig

    ours = _environment(playbook, job_dir, work, control)
    config = RunnerConfig(
        private_data_dir=str(work),
        project_dir=str(playbook.parent),
        playbook=str(playbook),
        inventory=str(job_dir / "inventory.yml"),
        cmdline=f"--extra-vars @{shlex.quote(str(job_dir / 'variables.yml'))}",
        envvars=dict(ours),
        fact_cache_type="memory",
        quiet=True,
        ident="run",
        settings={"suppress_output_file": True, "pexpect_timeout": 1},
        timeout=timeout_seconds + _BACKSTOP_SECONDS,
    )
    config.prepare()
    config.env = _only_ours(config.env, ours)
    config.command = [*_kept(timeout_seconds), str(_program("ansible-playbook")), *config.command[1:]]
    return int(Runner(config, event_handler=record.take).run()[1])


def _kept(timeout_seconds: int) -> list[str]:
    """The command in front of ansible-playbook: it ends it and its workers when the time is up or we are gone."""
    return [sys.executable, "-I", "-S", str(Path(__file__).parent / "keeper.py"), str(timeout_seconds), str(os.getpid())]


def _require_tools() -> None:
    for tool, package in (("ssh", "openssh-client"), ("setpriv", "util-linux")):
        if shutil.which(tool) is None:
            raise TOOL_MISSING(tool=tool, package=package)


def _program(name: str) -> Path:
    """A program of the environment that Jiyun runs in."""
    path = Path(sys.executable).parent / name
    if not path.exists():
        raise TOOL_MISSING(tool=name, package="ansible-core")
    return path


def _environment(playbook: Path, job_dir: Path, work: Path, control: Path) -> dict[str, str]:
    """The whole environment of the run, apart from what ansible-runner adds for its events."""
    share = ["-o", f"ControlPath={control / _SOCKET}", "-o", "ControlMaster=no", "-o", "PreferredAuthentications=publickey"]
    return {
        "PATH": f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin",
        "HOME": str(work),
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "ANSIBLE_CONFIG": str(job_dir / "ansible.cfg"),
        "ANSIBLE_HOME": str(work / "home"),
        "ANSIBLE_LOCAL_TEMP": str(work / "tmp"),
        "ANSIBLE_ROLES_PATH": str(playbook.parent / "roles"),
        "ANSIBLE_COLLECTIONS_PATH": str(work / "collections"),  # empty: ansible.builtin only
        "ANSIBLE_CALLBACK_PLUGINS": "",
        "ANSIBLE_HOST_KEY_CHECKING": "True",  # ansible-runner turns it off where it is not set
        "ANSIBLE_SSH_ARGS": shlex.join([*strict_options(job_dir / "known_hosts"), *share]),
        "ANSIBLE_PIPELINING": "True",
        "ANSIBLE_TIMEOUT": "30",
        "ANSIBLE_GATHERING": "explicit",
        "ANSIBLE_FORKS": "1",
        "ANSIBLE_NOCOLOR": "True",
        "ANSIBLE_DEPRECATION_WARNINGS": "False",
    }


def _only_ours(prepared: Mapping[str, str], ours: Mapping[str, str]) -> dict[str, str]:
    """Drop what ansible-runner copied from our process: settings and passwords of others do not belong in a run."""
    added = {name: value for name, value in prepared.items() if os.environ.get(name) != value}
    return {**added, **{name: value for name, value in ours.items() if name not in added}}


@contextmanager
def _shared_connection(machine: MachineSpec, key: Path, job_dir: Path, control: Path, port: int) -> Iterator[None]:
    """One SSH connection for all tasks: a key exchange costs an emulated guest more than a task.

    It is a child of ours that the kernel kills with us; ssh's own way to share (ControlPersist) would outlive us.
    Where it cannot be made, Ansible connects by itself and tells why it cannot.
    """
    strict = strict_options(job_dir / "known_hosts")
    options = [*strict, "-o", "BatchMode=yes", "-o", f"ConnectTimeout={_CONNECT_SECONDS}", "-o", "ServerAliveInterval=15"]
    target = ["-i", str(key.absolute()), "-p", str(port), f"{machine.login}@{machine.port.ipv4}"]
    argv = ["setpriv", "--pdeathsig", "KILL", "ssh", *options, "-M", "-S", str(control / _SOCKET), "-N", *target]
    nothing = subprocess.DEVNULL
    with subprocess.Popen(argv, stdin=nothing, stdout=nothing, stderr=nothing) as master:
        try:
            deadline = time.monotonic() + _CONNECT_SECONDS
            while master.poll() is None and not (control / _SOCKET).exists() and time.monotonic() < deadline:
                time.sleep(0.05)
            yield
        finally:
            master.terminate()
