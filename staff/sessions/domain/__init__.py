"""Rules of sessions as functions of values."""
