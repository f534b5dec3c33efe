"""Institutions and departments."""
