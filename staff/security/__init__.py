"""Requests that a second person confirms, and the page of security controls."""
