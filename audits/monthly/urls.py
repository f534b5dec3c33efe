"""Pages of the monthly check (row 1.2)."""

from django.urls import path

from audits.monthly.views import cases, months

urlpatterns = [
    path("monthly/new/", months.month_new, name="monthly_new"),
    path("monthly/<int:pk>/draw/", months.month_draw, name="month_draw"),
    path("monthly/<int:pk>/assign/", months.month_assign, name="month_assign"),
    path("monthly/<int:pk>/no-reports/", months.month_no_reports, name="month_no_reports"),
    path("monthly/<int:pk>/reopen/", months.month_reopen, name="month_reopen"),
    path("monthly/<int:pk>/cancel/", months.month_cancel, name="month_cancel"),
    path("monthly/<int:pk>/document/", months.month_document, name="month_document"),
    path("monthly/cases/<int:pk>/", cases.monthly_case, name="monthly_case"),
]
