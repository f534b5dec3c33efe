"""One text rule = one function, one clause, one test, one entry (HOUSE habit 6)."""
