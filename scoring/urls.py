"""Pages of the app."""

from django.urls import URLPattern

app_name = "scoring"
urlpatterns: list[URLPattern] = []
