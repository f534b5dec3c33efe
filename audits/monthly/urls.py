"""Pages of the monthly check and of improvement measures (row 1.2); names are the audits' own."""

from django.urls import path

from audits.measures import views as measures
from audits.monthly.views import cases as monthly_cases
from audits.monthly.views import months as monthly

urlpatterns = [
    path("monthly/", monthly.calendar, name="monthly"),
    path("monthly/new/", monthly.month_new, name="monthly_new"),
    path("monthly/<int:pk>/", monthly.month_detail, name="month"),
    path("monthly/<int:pk>/draw/", monthly.month_draw, name="month_draw"),
    path("monthly/<int:pk>/assign/", monthly.month_assign, name="month_assign"),
    path("monthly/<int:pk>/close/", monthly.month_close, name="month_close"),
    path("monthly/<int:pk>/reopen/", monthly.month_reopen, name="month_reopen"),
    path("monthly/<int:pk>/cancel/", monthly.month_cancel, name="month_cancel"),
    path("monthly/<int:pk>/document/", monthly.month_document, name="month_document"),
    path("monthly/<int:pk>/record/", monthly.month_record, name="month_record"),
    path("monthly/cases/<int:pk>/", monthly_cases.monthly_case, name="monthly_case"),
    path("measures/", measures.measure_list, name="measures"),
    path("measures/new/", measures.measure_new, name="measure_new"),
    path("measures/<int:pk>/", measures.measure_detail, name="measure"),
    path("measures/<int:pk>/change/", measures.measure_change, name="measure_change"),
    path("measures/<int:pk>/note/", measures.measure_note, name="measure_note"),
    path("measures/<int:pk>/done/", measures.measure_done, name="measure_done"),
    path("measures/<int:pk>/effect/", measures.measure_effect, name="measure_effect"),
    path("measures/<int:pk>/close/", measures.measure_close, name="measure_close"),
    path("measures/<int:pk>/reopen/", measures.measure_reopen, name="measure_reopen"),
    path("measures/<int:pk>/cancel/", measures.measure_cancel, name="measure_cancel"),
]
