"""Includes only: each app knows its own pages."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path

from qcportal import views
from staff.permissions import public

urlpatterns = [
    path("", views.home, name="home"),
    path("healthz", views.healthz, name="healthz"),
    path("department/", views.choose_department, name="choose_department"),
    path("", include("staff.urls")),
    path("reports/", include("reports.urls")),
    path("audits/", include("audits.urls")),
    path("sheets/", include("scoring.urls")),
    path("standard/", include("standards.urls")),
]

if settings.DEBUG:

    @public
    def styleguide(request: HttpRequest) -> HttpResponse:
        return render(request, "styleguide.html")

    urlpatterns.append(path("styleguide/", styleguide, name="styleguide"))
