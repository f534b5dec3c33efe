"""Pages of corrections."""

from django.urls import path

from reports.corrections import views

urlpatterns = [
    path("<int:pk>/correct/", views.report_correction, name="report_correction"),
    path("outcomes/<int:pk>/correct/", views.outcome_correction, name="outcome_correction"),
    path("outcomes/<int:pk>/edit/", views.outcome_edit, name="outcome_edit"),
    path("outcomes/<int:pk>/rematch/", views.outcome_rematch, name="outcome_rematch"),
    path("outcomes/<int:pk>/withdraw/", views.outcome_withdraw, name="outcome_withdraw"),
]
