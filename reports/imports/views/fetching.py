"""Fetching a batch and redirecting to its page, shared by the views of a batch."""

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from reports.imports.models import ImportBatch
from staff.access.fetching import fetch
from staff.access.requests import SignedInRequest


def fetch_batch(request: SignedInRequest, pk: int) -> ImportBatch:
    """The batch, if the user may import into its department; otherwise the answer is 404."""
    return fetch(request, ImportBatch.objects.for_page(), "reports.import", pk=pk)


def to_batch(batch: ImportBatch) -> HttpResponse:
    """Redirect to the batch's page."""
    return HttpResponseRedirect(reverse("reports:batch", args=[batch.pk]))
