"""Departments."""

from django.urls import path

from staff.departments import views

urlpatterns = [
    path("departments/", views.departments, name="departments"),
    path("departments/new/", views.department_new, name="department_new"),
    path("departments/<int:pk>/", views.department_edit, name="department_edit"),
]
