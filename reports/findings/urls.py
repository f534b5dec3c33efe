"""Pages of text findings, rules and re-checks; the HTTP check."""

from django.urls import path

from reports.findings.views import check_api, findings, recheck, rules, statements

urlpatterns = [
    path("check/", check_api.check_report, name="check"),
    path("findings/", findings.finding_list, name="findings"),
    path("findings/next/", findings.finding_next, name="finding_next"),
    path("findings/<int:pk>/", findings.finding_rule, name="finding_rule"),
    path("statements/<int:pk>/", statements.report_statements, name="statements"),
    path("rules/", rules.rule_list, name="rules"),
    path("rules/recheck/", recheck.recheck_all, name="recheck"),
    path("rules/recheck/<int:pk>/", recheck.check_run, name="check_run"),
    path("rules/switch/<path:code>/", rules.rule_switch, name="rule_switch"),
    path("rules/restore/<path:code>/", rules.rule_restore, name="rule_restore"),
    path("rules/<path:code>/", rules.rule_detail, name="rule"),
]
