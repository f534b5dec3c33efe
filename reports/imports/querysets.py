"""Querysets of imaging requests and critical alerts."""

from collections.abc import Iterable
from typing import Any, Self

from staff.querysets import DepartmentScoped


class PaperQuerySet(DepartmentScoped):
    def for_accessions(self, department: Any, numbers: Iterable[str]) -> Self:
        """What belongs to the examinations of these numbers: one query for a chunk of reports."""
        return self.filter(department=department, accession_number__in=set(numbers) - {""})
