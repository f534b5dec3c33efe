"""Pages of outcomes."""

from django.urls import path

from reports.outcomes import views

urlpatterns = [
    path("outcomes/", views.outcome_list, name="outcomes"),
    path("outcomes/<int:pk>/", views.outcome_match, name="outcome_match"),
]
