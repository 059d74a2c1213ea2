"""The real commands on a real store: exit statuses, errors as JSON, and what a wrong file is told."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cli.main import main
from jiyun import language
from tests.cli.conftest import REPO, Ended, environment
from tests.support import raw
from tests.support.world import EXAMPLES, World, example
from tests.workflows.conftest import fixture_world, on_postgres, on_sqlite

__all__ = ["fixture_world", "on_postgres", "on_sqlite"]

Jiyun = Callable[..., Ended]
ORDER = ("--system", "budget", "--flavor", "tiny.1", "--image", "tiny", "--segment", "finance", "--hostname", "budget-9")


@pytest.fixture
def jiyun(world: World, capsys: pytest.CaptureFixture[str]) -> Iterator[Jiyun]:
    """``jiyun("order", "list", who="reviewer")`` on the world's store, in this process."""

    def run(*words: str, who: str = "operator") -> Ended:
        capsys.readouterr()
        status = main(["--database", world.store.url, "--home", str(world.home), "--as", who, "--lang", "en", *words])
        captured = capsys.readouterr()
        return Ended(int(status), captured.out, captured.err)

    before = language.current()
    yield run
    language.use(before)


def away(world: World) -> None:
    """A host whose libvirtd is not there."""
    raw.change(world.store, "UPDATE host SET uri = 'qemu+unix:///system?socket=/nonexistent/libvirt-sock'")


def short(world: World) -> None:
    raw.change(world.store, "UPDATE quota_limit SET amount = 0 WHERE resource_class = 'vcpu'")


def foreign(world: World) -> None:
    raw.change(world.store, "UPDATE segment SET department = 'city'")


def nothing(world: World) -> None:
    return None


@pytest.mark.parametrize(
    ("status", "code", "before", "who", "words"),
    [
        (2, "order.field-missing", nothing, "applicant", ("order", "submit", "--system", "budget")),
        (2, "size.unreadable", nothing, "applicant", ("order", "submit", *ORDER, "--disk", "5GB")),
        (2, "size.out-of-range", nothing, "applicant", ("order", "submit", *ORDER, "--disk=-5GiB")),
        (2, "order.field", nothing, "applicant", ("order", "submit", *ORDER, "--disk", "65TiB")),
        (2, "time.unreadable", nothing, "operator", ("clock", "advance", "tomorrow")),
        (2, "usage", nothing, "operator", ("order", "approve")),
        (3, "order.unknown", nothing, "operator", ("order", "show", "ord-000099")),
        (3, "inventory.unknown", nothing, "operator", ("vm", "show", "nobody")),
        (4, "quota.exceeded", short, "reviewer", ("order", "approve", "ord-000002")),
        (5, "order.foreign", foreign, "applicant", ("order", "submit", *ORDER)),
        (6, "permission.denied", nothing, "applicant", ("order", "approve", "ord-000002")),
        (6, "person.unknown", nothing, "nobody", ("order", "list")),
        (7, "order.not-approved", nothing, "operator", ("order", "fulfil", "ord-000001")),
        (7, "order.illegal-move", nothing, "reviewer", ("order", "approve", "ord-000001")),
        (7, "store.exists", nothing, "operator", ("init",)),
        (8, "host.unreachable", away, "operator", ("host", "probe", "host1")),
    ],
)
def test_each_exit_status_and_its_error_as_json(
    world: World, jiyun: Jiyun, status: int, code: str, before: Callable[[World], None], who: str, words: tuple[str, ...]
) -> None:
    world.submit()
    world.reviewed(hostname="budget-2")
    before(world)
    dump = raw.dump(world.store)
    ended = jiyun(*words, "-o", "json", who=who)
    assert (ended.status, ended.out) == (status, "")
    assert set(ended.error()) == {"code", "message", "detail"}
    assert ended.error()["code"] == code
    as_text = jiyun(*words, who=who)
    assert as_text.status == status
    assert as_text.err.startswith("Error: ")
    assert "Traceback" not in as_text.err
    assert raw.dump(world.store) == dump


def test_a_hypervisor_that_is_away_while_fulfilling(world: World, jiyun: Jiyun) -> None:
    away(world)
    world.approved()
    ended = jiyun("order", "fulfil", "ord-000001", "-o", "json")
    assert (ended.status, ended.error()["code"]) == (8, "host.unreachable")
    assert json.loads(jiyun("order", "show", "ord-000001", "-o", "json").out)["state"] == "failed"
    assert jiyun("doctor").status == 9


def test_a_tampered_audit_log_ends_with_nine(world: World, jiyun: Jiyun) -> None:
    assert jiyun("audit", "verify").status == 0
    head = json.loads(jiyun("audit", "verify", "-o", "json").out)
    assert head
    raw.disarm(world.store, "audit")
    raw.change(world.store, "UPDATE audit SET actor = 'x' WHERE seq = 3")
    ended = jiyun("audit", "verify")
    assert ended.status == 9
    assert "was changed after it was written" in ended.out + ended.err


def test_a_whole_application_by_commands(world: World, jiyun: Jiyun) -> None:
    submitted = jiyun("order", "submit", *ORDER, "--disk", "512MiB", "-o", "json", who="applicant")
    assert (submitted.status, json.loads(submitted.out)["order"]) == (0, "ord-000001")
    assert jiyun("order", "review", "ord-000001", "--all", "--pass", who="reviewer").status == 0
    approved = json.loads(jiyun("order", "approve", "ord-000001", "-o", "json", who="reviewer").out)
    assert approved["ipv4"] == "10.90.1.2"
    assert world.fulfil("ord-000001") == "done"
    for words in (
        ("vm", "list"),
        ("volume", "list"),
        ("segment", "list"),
        ("order", "list"),
        ("host", "list"),
        ("quota", "show"),
    ):
        for form in ("table", "json", "yaml", "csv"):
            ended = jiyun(*words, "-o", form)
            assert (ended.status, bool(ended.out.strip())) == (0, True), (words, form, ended.err)
    assert "budget-9" in jiyun("vm", "show", "budget-9").out
    assert json.loads(jiyun("vm", "delete", "budget-9", "--dry-run", "-o", "json").out)["steps"][0] == "stop"
    assert "SIMULATED" in (bill := jiyun("bill", "show", "--department", "finance", "--month", "2026-01")).err + bill.out


def test_an_order_file(world: World, jiyun: Jiyun, tmp_path: Path) -> None:
    file = tmp_path / "order.yaml"
    text = (
        "system: budget\nflavor: tiny.1\nimage: tiny\nsegment: finance\nhostname: budget-5\ndisks: [1GiB, 2GiB]\npurpose: 预算\n"
    )
    file.write_text(text, encoding="utf-8")
    ended = jiyun("order", "submit", "-f", str(file), "--hostname", "budget-6", "-o", "json", who="applicant")
    spec = json.loads(ended.out)["spec"]
    assert (spec["hostname"], spec["disks_mib"], spec["purpose"], spec["department"]) == (
        "budget-6",
        [1024, 2048],
        "预算",
        "finance",
    )
    file.write_text(text.replace("flavor:", "flavour:"), encoding="utf-8")
    ended = jiyun("order", "submit", "-f", str(file), who="applicant")
    assert ended.status == 2
    assert f"{file}:2:1" in ended.err and "flavour" in ended.err
    ended = jiyun("order", "submit", "-f", str(tmp_path / "none.yaml"), "-o", "json", who="applicant")
    assert (ended.status, ended.error()["code"]) == (2, "estate.unreadable")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("format: 1\n", "format: 1\n]\n", "]"),
        ("memory: 2GiB\n    pools", "memmory: 2GiB\n    pools", "memmory"),
        ("department: finance\n    cloud", "department: treasury\n    cloud", "treasury"),
        ("memory: 128MiB", "memory: -128MiB", "-128MiB"),
        ("root_disk: 64MiB", "root_disk: 9999999TiB", "9999999TiB"),
        ("vcpu_ratio: 4", "vcpu_ratio: 1000000000", "1000000000"),
        ("machines: 8", "machines: -8", "-8"),
    ],
)
def test_a_wrong_estate_file_is_told_where_and_applies_nothing(
    world: World, jiyun: Jiyun, tmp_path: Path, old: str, new: str, said: str
) -> None:
    file = tmp_path / "estate.yaml"
    file.write_text(example("minimal", (old, new), ("City data centre", "Other name")), encoding="utf-8")
    lines = file.read_text(encoding="utf-8").splitlines()
    wrong = next(number for number, text in enumerate(lines, start=1) if said in text)
    before = raw.dump(world.store)
    for command in ("apply", "plan"):
        ended = jiyun(command, "-f", str(file), "-o", "json")
        assert (ended.status, ended.error()["code"]) == (2, "estate.invalid")
        problem: dict[str, Any] = ended.error()["detail"]["problems"][0]
        assert (problem["line"], problem["column"]) == (wrong, lines[wrong - 1].index(said) + 1)
        assert said in problem["message"] or "not well-formed YAML" in problem["message"]
        assert f"{file}:{wrong}:{problem['column']}" in jiyun(command, "-f", str(file)).err
    assert raw.dump(world.store) == before


def test_applying_twice_changes_nothing(world: World, jiyun: Jiyun) -> None:
    file = str(EXAMPLES / "minimal.yaml")
    before = raw.dump(world.store)
    for command in ("plan", "apply", "apply"):
        ended = jiyun(command, "-f", file, "-o", "json")
        assert ended.status == 0, ended.err
        assert json.loads(ended.out)["changes"] == []
    assert raw.dump(world.store) == before


def test_zhuzhou_applied_twice_changes_nothing(database_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    where = ["--database", database_url, "--home", str(tmp_path / "home"), "--lang", "en"]
    assert main([*where, "--as", "ops", "init", "--city", "株洲"]) == 0
    apply = ["apply", "-f", str(EXAMPLES / "zhuzhou.yaml"), "-o", "json"]
    assert main([*where, "--as", "ops", *apply]) == 0
    capsys.readouterr()
    assert main([*where, "--as", "operator", *apply]) == 0
    assert json.loads(capsys.readouterr().out)["changes"] == []
    assert main([*where, "--as", "operator", "system", "list", "-o", "json"]) == 0
    systems = json.loads(capsys.readouterr().out)
    assert (len(systems), sum(row["unnamed_in_source"] for row in systems)) == (15, 4)


def command(home: Path, *words: str | bytes, **more: str) -> Ended:
    done = subprocess.run(
        [sys.executable, "-m", "cli.main", *words],
        cwd=REPO,
        env=environment(home, **more),
        capture_output=True,
        timeout=60,
        stdin=subprocess.DEVNULL,
    )
    return Ended(done.returncode, done.stdout.decode(), done.stderr.decode())


def test_the_command_as_a_process(tmp_path: Path) -> None:
    """By environment variables, in Chinese, with a database that is not there and one that does not answer."""
    missing = command(tmp_path, "vm", "list", "-o", "json")
    assert (missing.status, missing.error()["code"]) == (3, "store.missing")
    assert command(tmp_path, "init", "--simulated", "--at", "2026-01-05").status == 0
    assert command(tmp_path, "apply", "-f", str(EXAMPLES / "minimal.yaml")).status == 0
    shown = command(tmp_path, "order", "list", JIYUN_AS="nobody", JIYUN_LANG="zh")
    assert (shown.status, shown.err.startswith("错误：没有名为 'nobody' 的人员。")) == (6, True)
    gone = command(tmp_path, "vm", "list", "-o", "json", JIYUN_DATABASE="postgresql://u:secret@127.0.0.1:1/x")
    assert (gone.status, gone.error()["code"]) == (1, "store.unreachable")
    assert "secret" not in gone.err
    argument = os.fsencode("ord-000001")
    broken = command(tmp_path, "order", "reject", argument, "--reason", b"\xff\xfe", "-o", "json", JIYUN_AS="reviewer")
    assert (broken.status, broken.error()["code"]) == (2, "order.field")
