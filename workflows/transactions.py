"""Rehearsal: doing something for real in a transaction that keeps nothing."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from jiyun.store import Tx
from workflows.session import Session


class _Rehearsed(Exception):
    """Leaves a write transaction so that nothing of it is kept."""


@contextmanager
def rehearse(session: Session, *, keep: bool = False) -> Iterator[Tx]:
    """A write transaction whose effects are seen inside and gone afterwards (unless ``keep``): what ``--dry-run`` and
    ``plan`` stand on, so that they can never say another thing than the real run."""
    with suppress(_Rehearsed), session.write() as tx:
        yield tx
        if not keep:
            raise _Rehearsed
