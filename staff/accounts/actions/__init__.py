"""Writes of accounts, passwords and roles."""
