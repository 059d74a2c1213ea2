"""The hypervisor lab of the tests: a machine of its own, made of namespaces, that leaves nothing behind."""
