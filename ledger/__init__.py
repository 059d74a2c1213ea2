"""Usage, prices and bills: append-only, exact, and the same whenever they are computed again."""
