"""Includes only: each app knows its own pages."""

from django.conf import settings
from django.urls import include, path

from qcportal import views
from qcportal.home.views import choose_department, home
from qcportal.notices.views import calendar_feed, calendar_make, calendar_revoke, notices
from qcportal.waiting.views import waiting
from qcportal.watching.views import healthz, metrics, readyz

handler403 = views.forbidden
handler500 = views.server_error

urlpatterns = [
    path("", home, name="home"),
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("metrics", metrics, name="metrics"),
    path("waiting/", waiting, name="waiting"),
    path("waiting/<str:at>/", waiting, name="waiting_at"),
    path("notices/", notices, name="notices"),
    path("notices/calendar/", calendar_make, name="calendar_make"),
    path("notices/calendar/revoke/", calendar_revoke, name="calendar_revoke"),
    path("calendar/<str:token>.ics", calendar_feed, name="calendar_feed"),
    path("department/", choose_department, name="choose_department"),
    path("", include("staff.urls")),
    path("reports/", include("reports.urls")),
    path("audits/", include("audits.urls")),
    path("sheets/", include("scoring.urls")),
    path("standard/", include("standards.urls")),
]

if settings.DEBUG:
    from qcportal.styleguide import styleguide

    urlpatterns.append(path("styleguide/", styleguide, name="styleguide"))
