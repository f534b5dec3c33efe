"""The page on which an import is undone."""

from django.urls import path

from reports.undo import views

urlpatterns = [path("import/<int:pk>/undo/", views.batch_undo, name="batch_undo")]
