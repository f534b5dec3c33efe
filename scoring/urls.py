"""Sheets, their sign-off, and packets."""

from django.urls import path

from scoring.views import filling, packets, sheets, signing

app_name = "scoring"

urlpatterns = [
    path("", sheets.sheet_list, name="list"),
    path("new/<int:audit>/", sheets.sheet_create, name="create"),
    path("<int:pk>/", sheets.sheet_detail, name="detail"),
    path("<int:pk>/changes/", sheets.sheet_changes, name="changes"),
    path("<int:pk>/rows/<str:row>/", filling.row_set, name="row"),
    path("<int:pk>/rows/<str:row>/evidence/", filling.evidence_add, name="evidence_add"),
    path("<int:pk>/evidence/<int:note>/", filling.evidence_change, name="evidence_change"),
    path("<int:pk>/evidence/<int:note>/remove/", filling.evidence_remove, name="evidence_remove"),
    path("<int:pk>/level/", filling.level_take, name="level"),
    path("<int:pk>/submit/", signing.sheet_submit, name="submit"),
    path("<int:pk>/return/", signing.sheet_return, name="return"),
    path("<int:pk>/sign/", signing.sheet_sign, name="sign"),
    path("<int:pk>/correct/", signing.sheet_correct, name="correct"),
    path("<int:pk>/packet/<str:kind>/", packets.packet_download, name="download"),
    path("<int:pk>/grants/", packets.grant_give, name="grant"),
    path("packets/", packets.packet_list, name="packets"),
    path("packets/grants/<int:pk>/revoke/", packets.grant_revoke, name="revoke"),
]
