"""The home page: tasks, the quarter at hand, past quarters, packets of an inspector."""
