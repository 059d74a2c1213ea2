"""Measurements with bounds: `python -m bench [NAME…]`."""
