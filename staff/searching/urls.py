"""Where filters are sent to."""

from django.urls import path

from staff.searching import views

urlpatterns = [path("search/", views.search, name="search")]
