"""Pages of audits: each subject knows its own."""

from django.urls import include, path

app_name = "audits"

urlpatterns = [
    path("", include("audits.quarter.urls")),
    path("", include("audits.judging.urls")),
    path("", include("audits.monthly.urls")),
    path("", include("audits.measures.urls")),
    path("", include("audits.follow_up.urls")),
    path("", include("audits.conferences.urls")),
    path("", include("audits.appeals.urls")),
]
