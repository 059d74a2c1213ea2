"""What people type: the ``jiyun`` command.  No rule and no SQL lives here; each group of commands is one module."""
