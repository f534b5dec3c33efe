"""Rules of accounts as functions of values."""
