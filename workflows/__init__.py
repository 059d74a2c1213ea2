"""The only floor that knows two rooms below it."""
