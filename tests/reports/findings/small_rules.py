"""A few plain rules for tests of what surrounds the checks: what they say is easy to see in a text."""

import re

from reports.domain.textcheck.engine import BoundRule, Rule
from reports.domain.textcheck.finding import Hit, absent

PLACEHOLDER, PRIOR, ALERT, REQUEST, TIME = "t/placeholder", "t/prior", "t/alert", "t/request", "t/time"


def placeholder(report):
    for match in re.finditer("XX", report.findings):
        yield Hit("findings", *match.span(), "残留占位符。")


def prior(report):
    if report.priors and "对比" not in report.findings:
        yield from absent("findings", f"有{len(report.priors)}次既往检查，未写对比。")


def alert(report):
    if "夹层" in report.impression and not report.alerts:
        at = report.impression.index("夹层")
        yield Hit("impression", at, at + 2, "没有危急值记录。")


def request(report):
    if report.request and report.request.clinical_question not in report.impression:
        yield from absent("impression", "未回答检查目的。")


def time(report):
    if report.examined_at.at is None:
        yield from absent("examined_at", "没有检查时间。")


RULES = (
    BoundRule(Rule(PLACEHOLDER, placeholder), "6.1.1", "violation"),
    BoundRule(Rule(PRIOR, prior, reads=("findings", "priors")), "6.5.6", "violation"),
    BoundRule(Rule(ALERT, alert, reads=("impression", "alerts")), "4.1", "suspect"),
    BoundRule(Rule(REQUEST, request, reads=("impression", "request")), "6.5.1", "suspect"),
    BoundRule(Rule(TIME, time, reads=("examined_at",)), "6.2.2", "violation"),
)
MODULES = (
    "reports.findings.actions.checking",
    "reports.findings.actions.rechecking",
    "reports.findings.views.check_api",
)


def use(monkeypatch, rules=RULES):
    """Let these be the rules of the installation."""
    for module in MODULES:
        monkeypatch.setattr(f"{module}.bound_rules", lambda: rules)
