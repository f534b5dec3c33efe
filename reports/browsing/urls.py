"""Pages of the reports themselves."""

from django.urls import path

from reports.browsing import views

urlpatterns = [
    path("", views.report_list, name="list"),
    path("<int:pk>/", views.report_detail, name="detail"),
    path("<int:pk>/unmask/", views.report_unmask, name="unmask"),
    path("<int:pk>/system/", views.report_system, name="system"),
    path("<int:pk>/outcome/", views.report_outcome, name="outcome_record"),
]
