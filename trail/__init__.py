"""留痕: every write leaves an event here. Use `from trail.chain import record`."""
