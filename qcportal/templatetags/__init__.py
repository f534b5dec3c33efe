"""Template libraries of the project."""
