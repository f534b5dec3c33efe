"""Pages of the read audit."""

from django.urls import path

from reports.readings import views

urlpatterns = [
    path("readings/", views.readings, name="readings"),
    path("readings/exported/", views.exported, name="exported"),
]
