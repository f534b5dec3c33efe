"""Packets: list, download, grants."""

from django.urls import path

from scoring.downloads import views

urlpatterns = [
    path("<int:pk>/packet/", views.packet_read, name="packet"),
    path("<int:pk>/packet/<str:kind>/", views.packet_download, name="download"),
    path("<int:pk>/grants/", views.grant_give, name="grant"),
    path("packets/", views.packet_list, name="packets"),
    path("blank/<str:kind>/", views.blank_form, name="blank"),
    path("packets/grants/<int:pk>/revoke/", views.grant_revoke, name="revoke"),
]
