"""The main job, end to end: a department's application becomes a hardened, metered Debian server, and goes again."""

import json
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from provisioners import ssh
from provisioners.hostkeys import fingerprint, login_key
from provisioners.spec import MachineSpec
from tests.stories import host
from tests.stories.office import ITEMS, Office
from workflows.guest import SshGuest
from workflows.session import open_session

pytestmark = pytest.mark.hypervisor

APPLICANT, SYSTEM, SEGMENT, DEPARTMENT = "applicant-taxation", "tax-governance", "taxation-adm", "taxation"
GUARDED = "/etc/ssh/sshd_config.d"
LETTER = b"This line was written by the taxation bureau and must not outlive its machine."


class Story:
    """One order of the taxation bureau and its machine."""

    def __init__(self, office: Office, order: str, machine: MachineSpec) -> None:
        self.office = office
        self.order = order
        self.machine = machine

    def inside(self, *argv: str) -> str:
        """Run a command in the guest, also before it is in use."""
        key = login_key(self.office.home / "ssh").private
        done = ssh.run(self.machine, key, list(argv), 120)
        assert done.status == 0, done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def booted(city: Office) -> Story:
    """Applied for, reviewed, approved, built and reached over SSH; the process died before it hardened the guest."""
    order = city.submit(APPLICANT, SYSTEM, SEGMENT, "tax-1", image="debian-12", flavor="small.1", disk="256MiB")
    city.review_apart(order)
    machine = city.approve(order)
    city.killed("reach:recorded", "order", "fulfil", order)
    return Story(city, order, machine)


@pytest.fixture(scope="module")
def refusal(booted: Story) -> dict[str, Any]:
    """The playbook met a folder that nobody may write to."""
    booted.inside("sudo", "chattr", "+i", GUARDED)
    try:
        return booted.office.refused(8, "order", "fulfil", booted.order)
    finally:
        booted.inside("sudo", "chattr", "-i", GUARDED)


@pytest.fixture(scope="module")
def active(booted: Story, refusal: dict[str, Any]) -> Story:
    """What stood in the way is gone; the same command again ends the job."""
    assert booted.office.state(booted.order) == "failed"
    booted.office.run("order", "fulfil", booted.order)
    return booted


def test_a_playbook_that_fails_is_named_with_its_task(booted: Story, refusal: dict[str, Any]) -> None:
    assert refusal["code"] == "guest.playbook-failed"
    assert refusal["message"].startswith("Playbook baseline.yml failed on tax-1 at task 'Harden the SSH service': ")
    assert str(booted.office.home / "jobs" / booted.order / "baseline") in refusal["message"]
    failed = [step for step in booted.office.steps(booted.order) if step["outcome"] == "failed"]
    assert [step["step"] for step in failed] == ["baseline"] and failed[0]["note"] == refusal["message"]


def test_four_offices_reviewed_it(active: Story) -> None:
    reviews = active.office.ask("order", "show", active.order)["reviews"]
    assert {row["item"] for row in reviews} == set(ITEMS)
    assert {row["reviewer"] for row in reviews} == set(active.office.people.reviewers)
    assert all(row["result"] == "pass" and row["at"] > 0 for row in reviews)


def test_it_is_in_use_and_was_recognised_by_its_host_key(active: Story) -> None:
    office, machine = active.office, active.machine
    host.everything(machine)
    notes = {step["step"]: step["note"] for step in office.steps(active.order) if step["outcome"] == "done"}
    assert f"address {machine.port.ipv4}, host_key {fingerprint(machine.host_key)}" in notes["reach"]
    assert "recap tax-1 : ok=" in notes["baseline"] and " unreachable=0 failed=0 " in notes["baseline"]
    assert office.ask("order", "show", active.order)["state"] == "active"
    assert [row["power"] for row in office.ask("vm", "list")] == ["running"]


def test_fulfil_again_finds_nothing_to_do(active: Story) -> None:
    before = active.office.steps(active.order)
    assert active.office.ask("order", "fulfil", active.order)["ipv4"] == active.machine.port.ipv4
    assert active.office.steps(active.order) == before


def test_the_baseline_again_changes_nothing(active: Story) -> None:
    home = active.office.home
    row = active.office.rows("SELECT id, department, system FROM orders WHERE id = ?", active.order)[0]
    with open_session(f"sqlite:///{home / 'jiyun.db'}", home, "operator") as session:
        found = SshGuest(session, {**row, "id": "again"}, active.machine).baseline(lambda _: None)
    assert " changed=0 unreachable=0 failed=0 " in found["recap"]


def test_every_attempt_keeps_its_record_and_no_secret(active: Story) -> None:
    jobs = active.office.home / "jobs" / active.order
    attempts = sorted(jobs.iterdir())
    summaries = [json.loads((folder / "summary.json").read_text()) for folder in attempts]
    assert [summary["succeeded"] for summary in summaries] == [False, True]
    assert summaries[0]["failed_task"] == "Harden the SSH service"
    events = [json.loads(line) for line in (attempts[-1] / "events.jsonl").read_text().splitlines()]
    assert "Harden the SSH service" in {event.get("task") for event in events}
    assert events[-1]["event"] == "playbook_on_stats" and events[-1]["failures"] == {}
    notes = [step["note"] for step in active.office.steps(active.order) if step["step"] == "baseline"]
    assert [str(folder) in note for folder, note in zip(attempts, notes, strict=True)] == [True, True]
    for path in active.office.home.rglob("*"):
        secret = path.is_relative_to(active.office.home / "ssh") or path.is_relative_to(active.office.home / "images")
        assert secret or not path.is_file() or b"PRIVATE KEY" not in path.read_bytes(), path


def test_it_is_hardened_and_its_data_volume_is_mounted(active: Story) -> None:
    settings = active.office.ssh("tax-1", "sudo sshd -T").splitlines()
    assert {"passwordauthentication no", "permitrootlogin no", "permitemptypasswords no"} <= set(settings)
    found = active.office.ssh("tax-1", "findmnt -n -o SOURCE,FSTYPE /data; lsblk -n -o SERIAL $(findmnt -n -o SOURCE /data)")
    assert found.split()[1:] == ["ext4", active.machine.volumes[1].serial]
    assert active.office.ssh("tax-1", "touch /data/mine && stat -c %U /data/mine").strip() == "jiyun"


def test_it_is_metered_and_billed(active: Story) -> None:
    usage = active.office.ask("usage", "show", "--department", DEPARTMENT)["rows"]
    machine, (root, data) = active.machine, active.machine.volumes
    assert sorted((row["resource"], row["sku"], row["quantity"]) for row in usage) == sorted(
        [
            (machine.id, "vcpu", 1),
            (machine.id, "memory", 512),
            (machine.id, "address", 1),
            (root.id, "disk.standard", 4096),
            (data.id, "disk.standard", 256),
        ]
    )
    bill = active.office.ask("bill", "show", "--department", DEPARTMENT)
    assert {row["resource"] for row in bill["rows"]} == {machine.id, root.id, data.id}
    assert {row["system"] for row in bill["rows"]} == {SYSTEM}
    assert active.office.run("audit", "verify", actor="auditor").status == 0
    active.office.clean()


def test_it_is_deleted_wiped_and_nothing_is_left(active: Story) -> None:
    office, machine = active.office, active.machine
    assert "login:" in "\n".join(office.ask("vm", "console", "tax-1", "--log", "--lines", "400")["log"])
    office.ssh("tax-1", f"echo '{LETTER.decode()}' > /data/letter && sync")
    disk = Path(machine.volumes[1].pool.path, machine.volumes[1].name)
    with closing(disk.open("rb")) as held:  # its bytes can be read on after its name is gone
        assert LETTER in held.read()
        office.run("vm", "delete", "tax-1", "--yes", actor=APPLICANT)
        held.seek(0)
        assert held.read().strip(b"\0") == b""
    host.nothing(machine)
    volumes = office.rows("SELECT state, wiped_by FROM volume WHERE machine = ?", machine.id)
    assert volumes == [{"state": "wiped", "wiped_by": "zero"}] * 2
    quota = office.ask("quota", "show", "--department", DEPARTMENT)["rows"]
    assert quota and {(row["used"], row["held"]) for row in quota} == {(0, 0)}
    assert office.ask("vm", "list") == []
    assert office.run("audit", "verify", actor="auditor").status == 0
    office.clean()
