"""Pages of the evidence register."""

from django.urls import path

from scoring.evidence import views

urlpatterns = [
    path("evidence/", views.evidence, name="evidence"),
    path("evidence/documents/", views.documents, name="documents"),
    path("evidence/new/", views.document_new, name="document_new"),
    path("evidence/<int:pk>/", views.document, name="document"),
    path("evidence/<int:pk>/edit/", views.document_edit, name="document_edit"),
    path("evidence/<int:pk>/replace/", views.document_replace, name="document_replace"),
    path("evidence/<int:pk>/withdraw/", views.document_withdraw, name="document_withdraw"),
    path("evidence/<int:pk>/file/", views.document_file, name="document_file"),
]
