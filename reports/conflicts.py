"""Exceptions of concurrent edits and refused writes, re-exported from `staff.conflicts`."""

from staff.conflicts.versions import ConflictError as ConflictError
from staff.conflicts.versions import RefusedError as RefusedError
from staff.conflicts.versions import expect_shown as expect_shown
from staff.conflicts.versions import expect_version as expect_version
