"""Batches of packets."""

from django.urls import path

from scoring.batches import views

urlpatterns = [
    path("packets/jobs/", views.packet_jobs, name="packet_jobs"),
    path("packets/jobs/start/", views.packet_job_start, name="packet_job_start"),
    path("packets/jobs/<int:pk>/", views.packet_job, name="packet_job"),
    path("packets/jobs/<int:pk>/cancel/", views.packet_job_cancel, name="packet_job_cancel"),
    path("packets/jobs/<int:pk>/file/", views.packet_job_file, name="packet_job_file"),
]
