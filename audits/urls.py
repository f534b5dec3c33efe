"""Pages of the quarter, of judging and of arbitration."""

from django.urls import include, path

from audits.judging.views import arbitration
from audits.judging.views import reviews as mine
from audits.quarter.views import cases, draw_records, quarters

app_name = "audits"

urlpatterns = [
    path("", include("audits.follow_up.urls")),
    path("", include("audits.monthly.urls")),
    path("", include("audits.appeals.urls")),
    path("", quarters.audit_list, name="list"),
    path("new/", quarters.audit_new, name="new"),
    path("<int:pk>/", quarters.audit_detail, name="detail"),
    path("<int:pk>/draw/", quarters.audit_draw, name="draw"),
    path("<int:pk>/extend/", quarters.audit_extend, name="extend"),
    path("<int:pk>/cancel/", quarters.audit_cancel, name="cancel"),
    path("<int:pk>/settle/", quarters.audit_settle, name="settle"),
    path("<int:pk>/assign/", quarters.audit_assign, name="assign"),
    path("<int:pk>/ledger/", draw_records.audit_ledger, name="ledger"),
    path("<int:pk>/document/", draw_records.audit_document, name="document"),
    path("cases/<int:pk>/", cases.case_detail, name="case"),
    path("cases/<int:pk>/assign/", cases.case_assign, name="case_assign"),
    path("cases/<int:pk>/replace/", cases.case_replace, name="case_replace"),
    path("mine/", mine.my_reviews, name="my_reviews"),
    path("mine/<int:pk>/", mine.judge, name="judge"),
    path("mine/<int:pk>/description/", mine.description, name="rule_description"),
    path("mine/<int:pk>/reveal/", mine.reveal, name="reveal"),
    path("mine/<int:pk>/conclusion/", mine.conclusion, name="rule_conclusion"),
    path("mine/<int:pk>/draft/", mine.draft, name="draft"),
    path("arbitration/", arbitration.arbitration, name="arbitration"),
    path("arbitration/<int:pk>/take/", arbitration.take, name="take"),
]
