"""Fetching a batch and redirecting to its page, shared by the views of a batch."""

from collections.abc import Iterable

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from reports.archive.queries import withheld_marks
from reports.imports.models import ImportBatch, ImportSource
from spreadsheets import Sheet
from staff.access.fetching import fetch
from staff.access.requests import SignedInRequest
from staff.access.withholding import WithheldError

_FIRST_ROWS = "文件的前几行中有您正在评审的报告，完成评审前请由他人核对列对应。"

EDITS_REGISTER = "staff.edit_register"


def fetch_batch(request: SignedInRequest, pk: int) -> ImportBatch:
    """The batch, if the user may import its kind of file into its department; otherwise 404."""
    batch = fetch(request, ImportBatch.objects.for_page(), "reports.import", pk=pk)
    if batch.kind == ImportSource.Kind.STAFF and not request.user.may(EDITS_REGISTER, batch.department):
        raise Http404
    return batch


def refuse_first_rows(request: SignedInRequest, sheets: Iterable[Sheet]) -> None:
    """Raise WithheldError when the first rows of a file, which mapping shows, name a report under review."""
    marks = withheld_marks(request.user)
    lines = ("\t".join(map(str, row.cells)) for sheet in sheets for row in sheet.rows) if marks else ()
    if any(mark in line for line in lines for mark in marks):
        raise WithheldError(sentence=_FIRST_ROWS)


def to_batch(batch: ImportBatch) -> HttpResponse:
    """Redirect to the batch's page."""
    return HttpResponseRedirect(reverse("reports:batch", args=[batch.pk]))
