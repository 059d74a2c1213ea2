"""Where state lives: SQLite in one file by default, PostgreSQL by one URL, the same SQL for both.

SQL stands in ``*.sql`` files beside the room that owns the tables, each statement under a name.  A write
transaction is the only writer of its moment on either database, so a check and the insert it allows cannot be
parted; nothing slow ever runs inside one.
"""

from jiyun.store.engine import Row, Store, Tx, open_store
from jiyun.store.queries import Queries, Statement, load_queries

__all__ = ["Queries", "Row", "Statement", "Store", "Tx", "load_queries", "open_store"]
