"""What the views of a batch begin and end with."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from reports.imports.models import ImportBatch
from staff.access.fetching import fetch


def fetch_batch(request: HttpRequest, pk: int) -> ImportBatch:
    """The batch, if the user may import into its department; otherwise the answer is 404."""
    batch: ImportBatch = fetch(request, ImportBatch.objects.for_page(), "reports.import", pk=pk)
    return batch


def to_batch(batch: ImportBatch) -> HttpResponse:
    """Lead back to the batch's page."""
    return HttpResponseRedirect(reverse("reports:batch", args=[batch.pk]))
