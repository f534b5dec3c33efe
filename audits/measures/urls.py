"""Pages of improvement measures, and of the months with them (row 1.2)."""

from django.urls import path

from audits.measures.views import measures, months

urlpatterns = [
    path("monthly/", months.calendar, name="monthly"),
    path("monthly/<int:pk>/", months.month_detail, name="month"),
    path("monthly/<int:pk>/close/", months.month_close, name="month_close"),
    path("monthly/<int:pk>/record/", months.month_record, name="month_record"),
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
