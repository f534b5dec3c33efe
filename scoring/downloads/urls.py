"""Packets: list, download, grants, verification."""

from django.urls import path

from scoring.downloads.views import packets, verifying

urlpatterns = [
    path("<int:pk>/packet/<str:kind>/", packets.packet_download, name="download"),
    path("<int:pk>/grants/", packets.grant_give, name="grant"),
    path("packets/", packets.packet_list, name="packets"),
    path("blank/<str:kind>/", packets.blank_form, name="blank"),
    path("packets/verify/", verifying.packet_verify, name="verify"),
    path("packets/grants/<int:pk>/revoke/", packets.grant_revoke, name="revoke"),
]
