"""Pages of imports and their sources."""

from django.urls import path

from reports.imports.views import batches, mapping, sources

urlpatterns = [
    path("import/", batches.import_list, name="imports"),
    path("import/template/<str:kind>/", sources.import_template, name="import_template"),
    path("import/<int:pk>/", batches.batch_detail, name="batch"),
    path("import/<int:pk>/columns/", mapping.batch_columns, name="batch_columns"),
    path("import/<int:pk>/preview/", mapping.batch_preview, name="batch_preview"),
    path("import/<int:pk>/reopen/", mapping.batch_reopen, name="batch_reopen"),
    path("import/<int:pk>/commit/", batches.batch_commit, name="batch_commit"),
    path("import/<int:pk>/stop/", batches.batch_stop, name="batch_stop"),
    path("import/<int:pk>/cancel/", batches.batch_cancel, name="batch_cancel"),
    path("import/<int:pk>/refused/", batches.batch_refused, name="batch_refused"),
    path("sources/", sources.source_list, name="sources"),
    path("sources/<int:pk>/", sources.source_edit, name="source_edit"),
]
