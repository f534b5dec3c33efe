"""What audits register with the apps below: reports withheld, objections to corrections, uses, holds."""
