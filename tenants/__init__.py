"""Who there is and who may: the department tree, people, roles, and the one matrix of permissions."""
