"""A person's own notices: the daily digest, and the address of the own calendar."""
