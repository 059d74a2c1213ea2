"""From nothing to the newest schema, also in pieces, also when killed on the way."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from jiyun.errors import Exit, JiyunError
from jiyun.store import Statement, Store, migrate, open_store, schema
from jiyun.store.create import create_store
from jiyun.store.drivers import Driver
from jiyun.store.engine import connect
from tests.support import raw

REPO = Path(__file__).parents[2]

# Applies migrations like `jiyun db upgrade`, and is killed while the third one is half written.
KILLED = """
import os, signal, sys
from jiyun.store import migrate
from jiyun.store.engine import connect

driver = connect(sys.argv[1], create=True)
whole = driver.script

def dying(text):
    if "CREATE TABLE site" in text:
        whole(text[: text.index("CREATE TABLE segment")])
        os.kill(os.getpid(), signal.SIGKILL)
    whole(text)

driver.script = dying
migrate.upgrade(driver)
"""


def made(url: str) -> Store:
    return create_store(url, city="株洲", actor="ops")


def up_to(driver: Driver, version: int) -> None:
    """Bring a store to an older schema, as an older program would have."""
    for migration in migrate.migrations()[:version]:
        migrate._apply(driver, migration)


def code_of_opening(url: str) -> JiyunError:
    with pytest.raises(JiyunError) as caught:
        open_store(url)
    return caught.value


def test_everything_is_applied_once_and_in_order(database_url: str) -> None:
    with made(database_url) as store:
        found = raw.rows(store, "SELECT version, name, program FROM schema_version ORDER BY version")
    assert [(row["version"], row["name"]) for row in found] == [(step.version, step.name) for step in migrate.migrations()]
    assert [row["version"] for row in found] == list(range(1, schema.head() + 1))
    driver = connect(database_url, create=False)
    assert migrate.upgrade(driver) == []
    driver.close()
    open_store(database_url).close()


@pytest.mark.parametrize("version", [1, 4])
def test_an_older_store_says_so_and_is_brought_forward(database_url: str, version: int) -> None:
    driver = connect(database_url, create=True)
    up_to(driver, version)
    error = code_of_opening(database_url)
    assert (error.code, error.exit) == ("store.older", Exit.CONFLICT)
    assert f"schema {version}" in error.message() and "jiyun db upgrade" in error.message()
    assert [step.version for step in migrate.upgrade(driver)] == list(range(version + 1, schema.head() + 1))
    driver.close()
    assert code_of_opening(database_url).code == "store.missing"  # a schema without the store's own row is no store


def test_a_newer_store_is_left_alone(database_url: str) -> None:
    with made(database_url) as store:
        raw.change(store, "INSERT INTO schema_version VALUES (:v, 'future', 'x', 0, '9.9')", v=schema.head() + 1)
    assert code_of_opening(database_url).code == "store.newer"
    driver = connect(database_url, create=False)
    with pytest.raises(JiyunError) as caught:
        migrate.upgrade(driver)
    driver.close()
    assert (caught.value.code, caught.value.exit) == ("store.newer", Exit.CONFLICT)


def test_a_changed_migration_is_noticed(database_url: str) -> None:
    driver = connect(database_url, create=True)
    up_to(driver, 3)
    driver.execute(Statement("raw", "UPDATE schema_version SET sha256 = 'other' WHERE version = 2"), {})
    with pytest.raises(JiyunError) as caught:
        migrate.upgrade(driver)
    assert (caught.value.code, caught.value.exit) == ("store.migration-changed", Exit.VERIFICATION)
    assert "Migration 2" in caught.value.message()
    assert schema.applied(driver) == 3
    driver.close()


def test_killed_in_the_middle_of_a_migration(database_url: str) -> None:
    run = subprocess.run([sys.executable, "-c", KILLED, database_url], cwd=REPO, timeout=60, env={**os.environ})
    assert run.returncode == -signal.SIGKILL
    driver = connect(database_url, create=False)
    assert schema.applied(driver) == 2
    assert not driver.has_table("site")  # the half that was written is gone
    assert migrate.upgrade(driver)[0].version == 3
    driver.close()
    with made(database_url) as store:
        assert store.facts.kind == "real"


def test_a_second_store_is_not_made_over_the_first(database_url: str) -> None:
    with made(database_url) as store:
        first = store.facts
    with pytest.raises(JiyunError) as caught:
        made(database_url)
    assert (caught.value.code, caught.value.exit) == ("store.exists", Exit.CONFLICT)
    with open_store(database_url) as store:
        assert store.facts == first


def test_no_store_and_no_such_database(tmp_path: Path) -> None:
    error = code_of_opening(f"sqlite:///{tmp_path / 'none.db'}")
    assert (error.code, error.exit) == ("store.missing", Exit.NOT_FOUND)
    assert "jiyun init" in error.message()
    assert code_of_opening("mysql://root:secret@db/x").code == "store.url"
    assert "secret" not in code_of_opening("mysql://root:secret@db/x").message()
    (tmp_path / "text.db").write_text("this is a letter, not a database" * 40)
    assert code_of_opening(f"sqlite:///{tmp_path / 'text.db'}").code == "store.unreachable"
    assert code_of_opening("postgresql://nobody:pw@127.0.0.1:1/x").code == "store.unreachable"
