"""Accounts and their roles."""

from django.urls import path

from staff.accounts import views

urlpatterns = [
    path("accounts/", views.accounts, name="accounts"),
    path("accounts/new/", views.account_new, name="account_new"),
    path("accounts/<int:pk>/", views.account_edit, name="account_edit"),
    path("accounts/<int:pk>/active/", views.account_active, name="account_active"),
    path("accounts/<int:pk>/roles/", views.role_grant, name="role_grant"),
    path("accounts/<int:pk>/roles/<int:grant>/revoke/", views.role_revoke, name="role_revoke"),
    path("accounts/<int:pk>/password/", views.account_password, name="account_password"),
]
