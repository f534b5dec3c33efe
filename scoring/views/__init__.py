"""Pages of sheets and packets."""
