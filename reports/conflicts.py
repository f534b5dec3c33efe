"""What reports raise when two people save one thing, or a write may not be made: the words of `staff`."""

from staff.conflicts.versions import ConflictError as ConflictError
from staff.conflicts.versions import RefusedError as RefusedError
from staff.conflicts.versions import expect_shown as expect_shown
from staff.conflicts.versions import expect_version as expect_version
