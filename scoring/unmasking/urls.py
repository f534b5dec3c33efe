"""Unmasked packets."""

from django.urls import path

from scoring.unmasking import views

urlpatterns = [
    path("<int:pk>/unmask/", views.unmask_ask, name="unmask_ask"),
    path("packets/unmasked/", views.unmask_list, name="unmask_list"),
    path("packets/unmasked/<int:pk>/", views.unmask_request, name="unmask_request"),
    path("packets/unmasked/<int:pk>/approve/", views.unmask_approve, name="unmask_approve"),
    path("packets/unmasked/<int:pk>/refuse/", views.unmask_refuse, name="unmask_refuse"),
    path("packets/unmasked/<int:pk>/withdraw/", views.unmask_withdraw, name="unmask_withdraw"),
    path("packets/unmasked/<int:pk>/file/<str:kind>/", views.unmask_file, name="unmask_file"),
]
