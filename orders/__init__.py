"""Applications: what was asked for, who reviewed it, what was decided, and the one way from state to state."""
