"""Accounts, their passwords and roles."""
