"""Work in progress that survives any crash: rows with a step counter, a lease and a fencing number.

Knows no step's meaning.  Each step looks first and is safe to repeat; what it changes in the store is written in
the same transaction as its checkpoint.  Undoing is a state that counts the same counter down.
"""
