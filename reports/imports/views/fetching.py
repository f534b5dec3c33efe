"""Fetching a batch and redirecting to its page, shared by the views of a batch."""

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from reports.imports.models import ImportBatch, ImportSource
from staff.access.fetching import fetch
from staff.access.requests import SignedInRequest

EDITS_REGISTER = "staff.edit_register"


def fetch_batch(request: SignedInRequest, pk: int) -> ImportBatch:
    """The batch, if the user may import its kind of file into its department; otherwise 404."""
    batch = fetch(request, ImportBatch.objects.for_page(), "reports.import", pk=pk)
    if batch.kind == ImportSource.Kind.STAFF and not request.user.may(EDITS_REGISTER, batch.department):
        raise Http404
    return batch


def to_batch(batch: ImportBatch) -> HttpResponse:
    """Redirect to the batch's page."""
    return HttpResponseRedirect(reverse("reports:batch", args=[batch.pk]))
