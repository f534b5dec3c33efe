"""Sheets, their sign-off, and packets."""

from django.urls import path

from scoring.batches import views as batches
from scoring.comparison import views as comparing
from scoring.downloads.views import packets, verifying
from scoring.evidence import views as evidence
from scoring.sheets.views import filling, sheets
from scoring.signing import views as signing
from scoring.unmasking import views as unmasking

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
    path("<int:pk>/correct/appeal/", signing.sheet_correct_after_appeal, name="correct_after_appeal"),
    path("<int:pk>/packet/<str:kind>/", packets.packet_download, name="download"),
    path("<int:pk>/grants/", packets.grant_give, name="grant"),
    path("evidence/", evidence.evidence, name="evidence"),
    path("evidence/documents/", evidence.documents, name="documents"),
    path("evidence/new/", evidence.document_new, name="document_new"),
    path("evidence/<int:pk>/", evidence.document, name="document"),
    path("evidence/<int:pk>/edit/", evidence.document_edit, name="document_edit"),
    path("evidence/<int:pk>/replace/", evidence.document_replace, name="document_replace"),
    path("evidence/<int:pk>/withdraw/", evidence.document_withdraw, name="document_withdraw"),
    path("evidence/<int:pk>/file/", evidence.document_file, name="document_file"),
    path("packets/", packets.packet_list, name="packets"),
    path("<int:pk>/downloads/", comparing.packet_downloads, name="downloads"),
    path("packets/compare/", comparing.comparison, name="comparison"),
    path("packets/jobs/", batches.packet_jobs, name="packet_jobs"),
    path("packets/jobs/start/", batches.packet_job_start, name="packet_job_start"),
    path("packets/jobs/<int:pk>/", batches.packet_job, name="packet_job"),
    path("packets/jobs/<int:pk>/cancel/", batches.packet_job_cancel, name="packet_job_cancel"),
    path("packets/jobs/<int:pk>/file/", batches.packet_job_file, name="packet_job_file"),
    path("blank/<str:kind>/", packets.blank_form, name="blank"),
    path("<int:pk>/unmask/", unmasking.unmask_ask, name="unmask_ask"),
    path("packets/unmasked/", unmasking.unmask_list, name="unmask_list"),
    path("packets/unmasked/<int:pk>/", unmasking.unmask_request, name="unmask_request"),
    path("packets/unmasked/<int:pk>/approve/", unmasking.unmask_approve, name="unmask_approve"),
    path("packets/unmasked/<int:pk>/refuse/", unmasking.unmask_refuse, name="unmask_refuse"),
    path("packets/unmasked/<int:pk>/withdraw/", unmasking.unmask_withdraw, name="unmask_withdraw"),
    path("packets/unmasked/<int:pk>/file/<str:kind>/", unmasking.unmask_file, name="unmask_file"),
    path("packets/verify/", verifying.packet_verify, name="verify"),
    path("packets/grants/<int:pk>/revoke/", packets.grant_revoke, name="revoke"),
]
