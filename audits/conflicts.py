"""What audits raise when two people save one thing, or a write may not be made: the words of `reports`."""

from reports.conflicts import ConflictError as ConflictError
from reports.conflicts import RefusedError as RefusedError
from reports.conflicts import expect_version as expect_version
