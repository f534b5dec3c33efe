"""The page on which a report is typed or pasted."""

from django.urls import path

from reports.entry import views

urlpatterns = [path("new/", views.report_entry, name="entry")]
