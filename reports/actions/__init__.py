"""Every write of reports and outcomes: keyword-only, `by=`, atomic, with its trail event."""
