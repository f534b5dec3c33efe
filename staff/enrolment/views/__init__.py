"""Pages of enrolment: batches of accounts, slips with their passwords."""
