"""What people type into the filter of a list: stored, so that no name stands in an address."""
