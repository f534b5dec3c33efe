"""The trail as a page."""

from django.urls import path

from staff.trail_page import views

urlpatterns = [path("trail/", views.trail, name="trail")]
