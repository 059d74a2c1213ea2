"""How much a department may have in a cloud, what it has, and the claims between the two."""
