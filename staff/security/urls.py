"""Requests for roles and passwords, and the security controls."""

from django.urls import path

from staff.security import views

urlpatterns = [
    path("security/", views.controls, name="security"),
    path("requests/", views.grant_requests, name="grant_requests"),
    path("requests/<int:pk>/", views.grant_request, name="grant_request"),
    path("requests/<int:pk>/confirm/", views.grant_confirm, name="grant_confirm"),
    path("requests/<int:pk>/refuse/", views.grant_refuse, name="grant_refuse"),
    path("requests/<int:pk>/withdraw/", views.grant_withdraw, name="grant_withdraw"),
]
