"""Rules of enrolment as functions of values."""
