"""Accounts made in a batch."""

from django.urls import path

from staff.enrolment.views import batches, slips

urlpatterns = [
    path("accounts/from-register/", batches.from_register, name="enrol_register"),
    path("accounts/from-list/", batches.from_list, name="enrol_list"),
    path("accounts/enrol/", batches.commit, name="enrol"),
    path("accounts/slips/", slips.slips, name="slips"),
]
