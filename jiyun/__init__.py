"""The kernel that every room stands on: errors, language, money, units, clock, ids, settings, store, audit."""

__version__ = "0.1.0"
