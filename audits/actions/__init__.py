"""Every write of audits: the quarter and its draw, replacement, assignment, judging, arbitration."""
