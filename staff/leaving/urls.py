"""Accounts that end, and the hand-over of open work."""

from django.urls import path

from staff.leaving import views

urlpatterns = [
    path("accounts/leaving/", views.leaving, name="leaving"),
    path("accounts/<int:pk>/work/", views.work, name="account_work"),
    path("accounts/<int:pk>/leave/", views.leave, name="account_leave"),
]
