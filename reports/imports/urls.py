"""Pages of imports and their sources."""

from django.urls import path

from reports.imports import views

urlpatterns = [
    path("import/", views.import_list, name="imports"),
    path("import/<int:pk>/", views.batch_detail, name="batch"),
    path("import/<int:pk>/columns/", views.batch_columns, name="batch_columns"),
    path("import/<int:pk>/commit/", views.batch_commit, name="batch_commit"),
    path("import/<int:pk>/cancel/", views.batch_cancel, name="batch_cancel"),
    path("import/<int:pk>/refused/", views.batch_refused, name="batch_refused"),
    path("sources/", views.source_list, name="sources"),
    path("sources/<int:pk>/", views.source_edit, name="source_edit"),
]
