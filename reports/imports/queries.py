"""The content and the outline of a batch's uploaded file."""

from collections.abc import Sequence
from pathlib import Path

from django.core.cache import cache

from reports.imports.domain.outline import Outline, outline_of
from reports.imports.models import ImportBatch
from spreadsheets import Sheet, sheets_of

_SECONDS = 1800


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
