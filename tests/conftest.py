"""What tests of every room share: a fresh database on each engine, and guest images kept between runs."""

import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests import postgres

if TYPE_CHECKING:
    from provisioners.images.cache import ImageCache
    from provisioners.spec import ImageSpec


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL server for this run: the one of ``python -m tests.postgres``, else one of our own."""
    given = os.environ.get(postgres.VARIABLE)
    if given:
        yield given
        return
    with postgres.cluster() as running:
        yield running.url


@pytest.fixture
def postgres_database(postgres_url: str) -> Iterator[str]:
    """The URL of an empty PostgreSQL database, dropped afterwards whoever is still connected."""
    import psycopg
    from psycopg.sql import SQL, Identifier

    name = f"test_{secrets.token_hex(8)}"
    with psycopg.connect(postgres_url, autocommit=True) as server:
        server.execute(SQL("CREATE DATABASE {} TEMPLATE template0").format(Identifier(name)))
    try:
        yield postgres.with_database(postgres_url, name)
    finally:
        with psycopg.connect(postgres_url, autocommit=True) as server:
            server.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database; a test that takes it runs once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'store.db'}"
    url: str = request.getfixturevalue("postgres_database")
    return url


@pytest.fixture(scope="session")
def images_folder() -> Path:
    """Where ./dev test had the guest images built: inside the lab there is no way to a package source."""
    named = os.environ.get("JIYUN_TEST_IMAGES")
    if not named:
        pytest.fail(
            "No guest images: run ./dev test hypervisor, or python -m lab.dev.images FOLDER and set JIYUN_TEST_IMAGES=FOLDER."
        )
    return Path(named)


@pytest.fixture(scope="session")
def image_cache(images_folder: Path) -> "ImageCache":
    """The store of image parts that ``tiny_image`` and ``debian_image`` lie in."""
    from lab.dev import images

    return images.cache_of(images_folder)


@pytest.fixture(scope="session")
def tiny_image(images_folder: Path) -> "ImageSpec":
    """Kernel and busybox: boots in seconds."""
    from lab.dev import images

    return images.load(images_folder, "tiny")


@pytest.fixture(scope="session")
def debian_image(images_folder: Path) -> "ImageSpec":
    """A full Debian 12 with systemd, cloud-init and sshd."""
    from lab.dev import images

    return images.load(images_folder, "debian")
