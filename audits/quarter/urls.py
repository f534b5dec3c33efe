"""Pages of the quarterly audit and of its cases."""

from django.urls import path

from audits.quarter.views import cases, draw_records, quarters, readers

urlpatterns = [
    path("", quarters.audit_list, name="list"),
    path("new/", quarters.audit_new, name="new"),
    path("<int:pk>/", quarters.audit_detail, name="detail"),
    path("<int:pk>/draw/", quarters.audit_draw, name="draw"),
    path("<int:pk>/extend/", quarters.audit_extend, name="extend"),
    path("<int:pk>/cancel/", quarters.audit_cancel, name="cancel"),
    path("<int:pk>/settle/", quarters.audit_settle, name="settle"),
    path("<int:pk>/assign/", quarters.audit_assign, name="assign"),
    path("<int:pk>/readers/", readers.reader_allow, name="reader_allow"),
    path("readers/<int:pk>/withdraw/", readers.reader_withdraw, name="reader_withdraw"),
    path("<int:pk>/ledger/", draw_records.audit_ledger, name="ledger"),
    path("<int:pk>/document/", draw_records.audit_document, name="document"),
    path("cases/<int:pk>/", cases.case_detail, name="case"),
    path("cases/<int:pk>/assign/", cases.case_assign, name="case_assign"),
    path("cases/<int:pk>/replace/", cases.case_replace, name="case_replace"),
]
