"""Every write of accounts, roles, passwords and departments. `by=None` is the command line."""
