"""A world for each test, on each database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import copies, world
from tests.support.copies import Original
from tests.support.world import World


@pytest.fixture(scope="session")
def on_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Original:
    folder = tmp_path_factory.mktemp("original")
    return copies.original(f"sqlite:///{folder / 'store.db'}", folder / "home", world.ready)


@pytest.fixture(scope="session")
def on_postgres(tmp_path_factory: pytest.TempPathFactory, postgres_url: str) -> Iterator[Original]:
    with copies.database(postgres_url) as url:
        yield copies.original(url, tmp_path_factory.mktemp("original") / "home", world.ready)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)], name="world")
def fixture_world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """The minimal estate, its host probed, its image in place, on a simulated store."""
    of: Original = request.getfixturevalue(f"on_{request.param}")
    with copies.copy(of, tmp_path) as copied:
        yield copied
