"""The store's file, its errors, and what a simulated store can never become."""

import re
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from jiyun.errors import Exit, JiyunError
from jiyun.store import Statement, Store, open_store
from jiyun.store.create import create_store
from jiyun.store.engine import shown
from tests.support import raw
from tests.support.world import World
from workflows.setup import initialise


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    with create_store(database_url, city="", actor="ops") as made:
        yield made


def test_nobody_else_reads_the_file_or_its_journals(tmp_path: Path) -> None:
    with create_store(f"sqlite:///{tmp_path / 'new' / 'store.db'}", city="", actor="ops"):
        files = sorted((tmp_path / "new").iterdir())
        assert [file.name for file in files] == ["store.db", "store.db-shm", "store.db-wal"]
        assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
        assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "store.db").write_text("a letter, not a database, and longer than a header\n" * 200)
    with pytest.raises(JiyunError) as caught:
        open_store(f"sqlite:///{tmp_path / 'store.db'}")
    assert (caught.value.code, caught.value.exit) == ("store.unreachable", Exit.OTHER)


def test_a_damaged_database_is_no_unforeseen_failure(tmp_path: Path) -> None:
    file = tmp_path / "store.db"
    create_store(f"sqlite:///{file}", city="", actor="ops").close()
    content = bytearray(file.read_bytes())
    for page in range(1, len(content) // 4096):
        content[page * 4096 : page * 4096 + 100] = b"\xff" * 100
    file.write_bytes(content)
    with pytest.raises(JiyunError) as caught, open_store(f"sqlite:///{file}") as store:
        raw.rows(store, "SELECT * FROM audit")
    assert caught.value.code == "store.unreachable"


def test_a_home_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(JiyunError) as caught:
        initialise(f"sqlite:///{tmp_path / 'store.db'}", tmp_path / "file" / "home", city="", actor="ops")
    assert caught.value.code == "store.unreachable"


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u:secretword@127.0.0.1:1/db",
        "postgresql://u@127.0.0.1:1/db?password=secretword",
        "postgresql://u:secretword/more@127.0.0.1:1/db",
        "postgresql://u:secret[word@127.0.0.1:1/db",
        "postgresql://u:secret%word@127.0.0.1:1/db",
    ],
)
def test_no_password_is_shown(url: str) -> None:
    assert "secret" not in shown(url)
    with pytest.raises(JiyunError) as caught:
        open_store(url)
    assert caught.value.code in ("store.unreachable", "store.url")
    assert not re.search("secret|word/more", caught.value.message())


def test_a_simulated_store_is_not_replaced_by_a_real_one(world: World) -> None:
    if world.store.dialect != "sqlite":
        return  # PostgreSQL has no REPLACE; its TRUNCATE is refused elsewhere
    replace = "INSERT OR REPLACE INTO store SELECT singleton, id, 'real', city, created_at FROM store"
    assert raw.refused(world.store, replace) == "what a store is never changes"
    assert "stays" in raw.refused(world.store, "INSERT OR REPLACE INTO simulated_clock VALUES (1, 0)")
    order = world.approved()
    for table in ("orders", "order_event", "review", "allocation"):
        before = raw.dump(world.store)[table]
        raw.refused(world.store, f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}")
        assert raw.dump(world.store)[table] == before
    assert world.fulfil(order) == "done"


@pytest.mark.postgres
def test_a_wait_for_the_writer_that_is_cut_off_leaves_the_connection_good(postgres_database: str) -> None:
    """Ctrl-C, or an administrator's cancel, while another writes."""
    with create_store(postgres_database, city="", actor="ops") as store, store.again() as other:
        pid = raw.rows(other, "SELECT pg_backend_pid() AS pid")[0]["pid"]
        said: list[JiyunError] = []

        def wait() -> None:
            try:
                with other.write("ops"):
                    pass
            except JiyunError as error:
                said.append(error)

        with store.write("ops") as tx:
            thread = threading.Thread(target=wait)
            thread.start()
            time.sleep(0.3)
            tx.all(Statement("cancel", "SELECT pg_cancel_backend(:pid)"), pid=pid)
            thread.join(10)
        assert [error.code for error in said] == ["store.unreachable"]
        with other.write("ops") as tx:
            assert tx.wall() > 0


@pytest.mark.postgres
def test_a_connection_that_was_ended_says_so_everywhere(postgres_database: str) -> None:
    with create_store(postgres_database, city="", actor="ops") as store, store.again() as killer:
        for use in ("wall", "own error"):
            with store.again() as lost:
                pid = raw.rows(lost, "SELECT pg_backend_pid() AS pid")[0]["pid"]
                with pytest.raises((JiyunError, KeyError)) as caught, lost.write("ops") as tx:
                    raw.rows(killer, "SELECT pg_terminate_backend(:pid, 5000)", pid=pid)
                    if use == "own error":
                        raise KeyError
                    tx.wall()
                told = caught.value
                assert isinstance(told, KeyError) or (isinstance(told, JiyunError) and told.code == "store.unreachable")


def test_the_kernel_needs_no_psycopg_to_open_a_file() -> None:
    told = subprocess.run(
        [sys.executable, "-c", "import jiyun.store, sys; print([m for m in ('psycopg', 'yaml', 'typer') if m in sys.modules])"],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
        check=True,
    )
    assert told.stdout.strip() == "[]"
