"""Pages of reports, imports, outcomes and import sources."""
