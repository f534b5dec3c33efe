"""The own second factor; resetting somebody else's is among the accounts (`account_urls`)."""

from django.urls import path

from staff.second_factor import views

urlpatterns = [
    path("second-factor/", views.second_factor, name="second_factor"),
    path("second-factor/replace/", views.second_factor_replace, name="second_factor_replace"),
    path("second-factor/codes/", views.second_factor_codes, name="second_factor_codes"),
    path("second-factor/remove/", views.second_factor_remove, name="second_factor_remove"),
]

account_urls = [
    path("accounts/<int:pk>/second-factor/reset/", views.second_factor_reset, name="second_factor_reset"),
]
