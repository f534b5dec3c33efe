"""Sign-in, lock-out, sessions and the own password."""
