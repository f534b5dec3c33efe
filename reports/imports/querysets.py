"""Querysets of import batches, imaging requests and critical alerts."""

from collections.abc import Iterable
from typing import Any, Self

from staff.access.querysets import DepartmentScoped, Row


class ImportBatchQuerySet(DepartmentScoped[Row]):
    def for_page(self) -> Self:
        """With the related rows that a batch's own page shows."""
        return self.select_related("source", "created_by", "undone_by", "corrects", "department")


class ExamRecordQuerySet(DepartmentScoped[Row]):
    def for_accessions(self, department: Any, numbers: Iterable[str]) -> Self:
        """Records of the examinations with these numbers: one query for a chunk of reports."""
        return self.filter(department=department, accession_number__in=set(numbers) - {""})
