"""Leaving the old machine rooms: their register, and the rule that none is built or grows."""
