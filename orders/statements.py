"""The named statements of this room, loaded once."""

from jiyun.store import load_queries

SQL = load_queries(__file__, "orders.sql")
