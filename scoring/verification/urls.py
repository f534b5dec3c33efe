"""Verification of a packet file."""

from django.urls import path

from scoring.verification import views

urlpatterns = [path("packets/verify/", views.packet_verify, name="verify")]
