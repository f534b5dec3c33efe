"""Comparison of all records with the trail."""

from django.urls import path

from scoring.records import views

urlpatterns = [path("records/", views.records, name="records")]
