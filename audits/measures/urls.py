"""Pages of improvement measures."""

from django.urls import path

from audits.measures import views

urlpatterns = [
    path("measures/", views.measure_list, name="measures"),
    path("measures/new/", views.measure_new, name="measure_new"),
    path("measures/<int:pk>/", views.measure_detail, name="measure"),
    path("measures/<int:pk>/change/", views.measure_change, name="measure_change"),
    path("measures/<int:pk>/note/", views.measure_note, name="measure_note"),
    path("measures/<int:pk>/done/", views.measure_done, name="measure_done"),
    path("measures/<int:pk>/effect/", views.measure_effect, name="measure_effect"),
    path("measures/<int:pk>/close/", views.measure_close, name="measure_close"),
    path("measures/<int:pk>/reopen/", views.measure_reopen, name="measure_reopen"),
    path("measures/<int:pk>/cancel/", views.measure_cancel, name="measure_cancel"),
]
