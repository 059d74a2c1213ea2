"""One person at work: an open store, the home folder with its keys and images, and who acts."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from jiyun.store import Store, Tx, open_store


class Session(NamedTuple):
    """What every workflow is given.  ``home`` holds secret, login key, image cache and job records."""

    store: Store
    home: Path
    actor: str

    @contextmanager
    def write(self) -> Iterator[Tx]:
        with self.store.write(self.actor) as tx:
            yield tx

    @contextmanager
    def read(self) -> Iterator[Tx]:
        with self.store.read(self.actor) as tx:
            yield tx

    @property
    def secret_file(self) -> Path:
        """The secret that guests' SSH host keys are derived from; mode 0600."""
        return self.home / "secret"

    @property
    def ssh_folder(self) -> Path:
        """Jiyun's own login key."""
        return self.home / "ssh"

    @property
    def image_folder(self) -> Path:
        """The content-addressed image cache."""
        return self.home / "images"

    def new_job_folder(self, order: str, name: str) -> Path:
        """A folder for the record of one more attempt at a job of an order: ``baseline-1``, ``baseline-2``, …"""
        jobs = self.home / "jobs" / order
        jobs.mkdir(mode=0o700, parents=True, exist_ok=True)
        number = 1 + sum(1 for _ in jobs.glob(f"{name}-*"))
        return jobs / f"{name}-{number}"


@contextmanager
def open_session(database: str, home: Path, actor: str) -> Iterator[Session]:
    """Open the store for one command."""
    with open_store(database) as store:
        yield Session(store, home, actor)
