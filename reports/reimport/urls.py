"""The pages on which an import is corrected."""

from django.urls import path

from reports.reimport import views

urlpatterns = [
    path("import/<int:pk>/correct/", views.batch_correct, name="batch_correct"),
    path("import/<int:pk>/comparison/", views.batch_comparison, name="batch_comparison"),
]
