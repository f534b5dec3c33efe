"""What reports raise when two people save one thing, or a write may not be made: the words of `staff`."""

from staff.conflicts import ConflictError as ConflictError
from staff.conflicts import RefusedError as RefusedError
from staff.conflicts import expect_shown as expect_shown
from staff.conflicts import expect_version as expect_version
