"""Sign-in and searches; departments, accounts and the trail; the register of people."""

from django.urls import include, path

from staff.second_factor.urls import account_urls

settings_patterns = (
    [
        path("", include("staff.departments.urls")),
        path("", include("staff.accounts.urls")),
        path("", include("staff.enrolment.urls")),
        path("", include("staff.leaving.urls")),
        path("", include(account_urls)),
        path("", include("staff.trail_page.urls")),
        path("", include("staff.retention.urls")),
        path("", include("staff.security.urls")),
    ],
    "staff",
)

urlpatterns = [
    path("", include("staff.sign_in.urls")),
    path("", include("staff.searching.urls")),
    path("", include("staff.sessions.urls")),
    path("", include("staff.second_factor.urls")),
    path("settings/", include(settings_patterns)),
    path("staff/", include("staff.register.urls")),
]
