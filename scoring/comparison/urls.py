"""Comparison of quarters, and the downloads of a packet."""

from django.urls import path

from scoring.comparison import views

urlpatterns = [
    path("<int:pk>/downloads/", views.packet_downloads, name="downloads"),
    path("packets/compare/", views.comparison, name="comparison"),
]
