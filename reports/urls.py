"""Pages of reports: each subject knows its own."""

from django.urls import include, path

app_name = "reports"

urlpatterns = [
    path("", include("reports.browsing.urls")),
    path("", include("reports.corrections.urls")),
    path("", include("reports.entry.urls")),
    path("", include("reports.findings.urls")),
    path("", include("reports.imports.urls")),
    path("", include("reports.outcomes.urls")),
    path("", include("reports.qualified.urls")),
    path("", include("reports.readings.urls")),
    path("", include("reports.reimport.urls")),
    path("", include("reports.undo.urls")),
    path("", include("reports.versions.urls")),
]
