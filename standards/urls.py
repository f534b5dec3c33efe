"""Pages of the standard: clauses, Table B.1 as printed, and the readings."""

from django.urls import path

from standards import views

app_name = "standards"
urlpatterns = [
    path("", views.clauses, name="clauses"),
    path("clauses/<str:number>/", views.clause, name="clause"),
    path("scoresheet/", views.scoresheet, name="scoresheet"),
    path("decisions/", views.decisions, name="decisions"),
]
