"""The same worlds as the workflows' tests."""

from tests.workflows.conftest import fixture_world, on_postgres, on_sqlite

__all__ = ["fixture_world", "on_postgres", "on_sqlite"]
