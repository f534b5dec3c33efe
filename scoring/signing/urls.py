"""Submitting, returning, signing, correcting."""

from django.urls import path

from scoring.signing import views

urlpatterns = [
    path("<int:pk>/submit/", views.sheet_submit, name="submit"),
    path("<int:pk>/return/", views.sheet_return, name="return"),
    path("<int:pk>/sign/", views.sheet_sign, name="sign"),
    path("<int:pk>/correct/", views.sheet_correct, name="correct"),
    path("<int:pk>/correct/appeal/", views.sheet_correct_after_appeal, name="correct_after_appeal"),
]
