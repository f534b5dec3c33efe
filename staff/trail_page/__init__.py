"""The trail as the administrator reads it."""
