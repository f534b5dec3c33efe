"""Pages of sheets and packets: each subject knows its own."""

from django.urls import include, path

app_name = "scoring"

urlpatterns = [
    path("", include("scoring.sheets.urls")),
    path("", include("scoring.signing.urls")),
    path("", include("scoring.evidence.urls")),
    path("", include("scoring.downloads.urls")),
    path("", include("scoring.verification.urls")),
    path("", include("scoring.records.urls")),
    path("", include("scoring.comparison.urls")),
    path("", include("scoring.batches.urls")),
    path("", include("scoring.unmasking.urls")),
]
