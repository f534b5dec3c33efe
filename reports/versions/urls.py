"""The page of an earlier version."""

from django.urls import path

from reports.versions import views

urlpatterns = [path("<int:pk>/versions/<int:number>/", views.report_version, name="version")]
