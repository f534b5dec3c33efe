"""Undo of an import: delete what it created, restore what it changed, while nothing rests on it."""
