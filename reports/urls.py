"""Pages of reports, imports, outcomes and sources."""

from django.urls import path

from reports.archive import views as reports
from reports.findings.views import check_api, findings, recheck, rules
from reports.imports import views as imports
from reports.outcomes import views as outcomes
from reports.qualified import views as qualified

app_name = "reports"

urlpatterns = [
    path("", reports.report_list, name="list"),
    path("<int:pk>/", reports.report_detail, name="detail"),
    path("<int:pk>/unmask/", reports.report_unmask, name="unmask"),
    path("<int:pk>/system/", reports.report_system, name="system"),
    path("<int:pk>/outcome/", reports.report_outcome, name="outcome_record"),
    path("check/", check_api.check_report, name="check"),
    path("findings/", findings.finding_list, name="findings"),
    path("findings/next/", findings.finding_next, name="finding_next"),
    path("findings/<int:pk>/", findings.finding_rule, name="finding_rule"),
    path("rules/", rules.rule_list, name="rules"),
    path("rules/recheck/", recheck.recheck_all, name="recheck"),
    path("rules/recheck/<int:pk>/", recheck.check_run, name="check_run"),
    path("rules/switch/<path:code>/", rules.rule_switch, name="rule_switch"),
    path("rules/restore/<path:code>/", rules.rule_restore, name="rule_restore"),
    path("rules/<path:code>/", rules.rule_detail, name="rule"),
    path("import/", imports.import_list, name="imports"),
    path("import/<int:pk>/", imports.batch_detail, name="batch"),
    path("import/<int:pk>/columns/", imports.batch_columns, name="batch_columns"),
    path("import/<int:pk>/commit/", imports.batch_commit, name="batch_commit"),
    path("import/<int:pk>/cancel/", imports.batch_cancel, name="batch_cancel"),
    path("import/<int:pk>/refused/", imports.batch_refused, name="batch_refused"),
    path("outcomes/", outcomes.outcome_list, name="outcomes"),
    path("outcomes/<int:pk>/", outcomes.outcome_match, name="outcome_match"),
    path("qualified/", qualified.qualified, name="qualified"),
    path("sources/", imports.source_list, name="sources"),
    path("sources/<int:pk>/", imports.source_edit, name="source_edit"),
]
