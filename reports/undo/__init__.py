"""Undo of an import: delete what it created, restore what it changed, while nothing depends on it."""
