"""The SQL of this room, read once."""

from jiyun.store import load_queries

SQL = load_queries(__file__, "ledger.sql")
