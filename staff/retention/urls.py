"""Pages of retention."""

from django.urls import path

from staff.retention import views

urlpatterns = [
    path("retention/", views.retention, name="retention"),
    path("retention/<slug:code>/", views.period, name="retention_period"),
    path("retention/<slug:code>/purge/", views.purge_new, name="purge_new"),
    path("purges/<int:pk>/confirm/", views.purge_confirm, name="purge_confirm"),
    path("purges/<int:pk>/refuse/", views.purge_refuse, name="purge_refuse"),
]
