"""Conflicts and refusals of the actions of audits (those of `reports`), and the version that a page sent."""

from collections.abc import Mapping

from reports.conflicts import ConflictError as ConflictError
from reports.conflicts import RefusedError as RefusedError
from reports.conflicts import expect_version as expect_version


def sent_version(data: Mapping[str, str]) -> int:
    """The version in a sent form; 0, which no stored row has, when it is missing or no number."""
    text = data.get("version", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0
