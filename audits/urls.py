"""Pages of the app."""

from django.urls import URLPattern

app_name = "audits"
urlpatterns: list[URLPattern] = []
