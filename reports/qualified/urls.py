"""URL of the page 当日资质 (4.3, 4.4)."""

from django.urls import path

from reports.qualified import views

urlpatterns = [
    path("qualified/", views.qualified, name="qualified"),
]
