"""The daily digest of what waits, and the calendar a person can subscribe to."""
