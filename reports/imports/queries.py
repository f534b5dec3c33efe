"""The content and the outline of a batch's uploaded file, and the people of its department."""

from collections.abc import Sequence
from pathlib import Path

from django.core.cache import cache

from reports.domain.people import RegisteredPeople, registered
from reports.imports.domain.outline import Outline, outline_of
from reports.imports.models import ImportBatch
from spreadsheets import Sheet, sheets_of
from staff.departments.models import Department
from staff.register.models import Member

_SECONDS = 1800


def people_of(department: Department) -> RegisteredPeople:
    """Everyone of the department's register, also who left: a file may be of that time."""
    members = Member.objects.filter(department=department)
    return registered(members.values_list("full_name", "staff_number", "kind"))


def sheets_of_batch(batch: ImportBatch) -> list[Sheet]:
    """Everything in the file. Raises FileRefused when it cannot be read."""
    return sheets_of(Path(batch.file.path), batch.file_name)


def outline_of_batch(batch: ImportBatch, sheets: Sequence[Sheet] | None = None) -> Outline:
    """The outline of the file, made from `sheets` if these were just read.

    Cached in this process, because reading a large file takes seconds and each change on its mapping page
    needs the outline.
    """
    key = f"import-outline-{batch.file.name}"
    outline: Outline | None = cache.get(key)
    if outline is None:
        outline = outline_of(sheets if sheets is not None else sheets_of_batch(batch))
        cache.set(key, outline, _SECONDS)
    return outline
