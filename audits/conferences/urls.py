"""Pages of conferences (row 1.4)."""

from django.urls import path

from audits.conferences import views

urlpatterns = [
    path("conferences/", views.conferences, name="conferences"),
    path("conferences/new/", views.conference_new, name="conference_new"),
    path("conferences/<int:pk>/", views.conference, name="conference"),
    path("conferences/<int:pk>/edit/", views.conference_edit, name="conference_edit"),
    path("conferences/<int:pk>/cancel/", views.conference_cancel, name="conference_cancel"),
    path("conferences/<int:pk>/file/", views.conference_file, name="conference_file"),
    path(
        "conferences/<int:pk>/file/<int:file>/",
        views.conference_download,
        name="conference_download",
    ),
    path("conferences/<int:pk>/minutes/", views.conference_pdf, name="conference_pdf"),
]
