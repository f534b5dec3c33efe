"""What is known of the uploaded file of a batch."""

from collections.abc import Sequence

from django.core.cache import cache

from reports.imports.domain.outline import Outline, outline_of
from reports.imports.models import ImportBatch
from spreadsheets import Sheet, sheets_of

_SECONDS = 1800


def sheets_of_batch(batch: ImportBatch) -> list[Sheet]:
    """Everything in the file. Raises FileRefused when it cannot be read."""
    with batch.file.open("rb") as file:
        return sheets_of(file.read(), batch.file_name)


def outline_of_batch(batch: ImportBatch, sheets: Sequence[Sheet] | None = None) -> Outline:
    """The outline of the file, of `sheets` where they were just read.

    It stays in this process for as long as a person maps the file: a large one takes seconds to read.
    """
    key = f"import-outline-{batch.file.name}"
    outline: Outline | None = cache.get(key)
    if outline is None:
        outline = outline_of(sheets if sheets is not None else sheets_of_batch(batch))
        cache.set(key, outline, _SECONDS)
    return outline
