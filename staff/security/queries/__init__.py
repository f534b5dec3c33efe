"""The state of each security control, computed from settings and rows."""
