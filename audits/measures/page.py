"""Values of a measure's page, and of the measures on a month's page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone

from audits.judging.queries.results import audit_results
from audits.measures.actions import closer_refusal
from audits.measures.domain.measures import Act, allowed, is_overdue, uncovered
from audits.measures.forms import CancelForm, CloseForm, DoneForm, EffectForm, NoteForm, ReopenForm
from audits.measures.models import Measure
from audits.measures.queries.effects import effect_now, measure_facts
from audits.measures.tables import measure_tag
from audits.monthly.domain.figures import Effect, Share, clause_key
from audits.monthly.models import MonthlyAudit
from audits.monthly.page import clause_title
from audits.monthly.queries.results import ClauseLine, MonthResult, faults_of, month_result
from audits.sampling.models import Audit
from staff.accounts.models import User
from standards.loader import load_edition

_ENTRY_KIND = {"done": "pass", "effect": "info", "close": "pass", "reopen": "due", "cancel": "open"}


@dataclass(frozen=True)
class Happened:
    """One entry, for components/_timeline.html."""

    title: str
    who: str
    at: datetime
    note: str
    kind: str


@dataclass(frozen=True)
class MonthShare:
    """A month of the effect check and its page."""

    month: date
    share: Share
    url: str

    @property
    def label(self) -> str:
        return f"{self.month.year}年{self.month.month}月"


@dataclass(frozen=True)
class ClauseRow:
    """A clause of the month with its title, its figures and the measures set against it."""

    number: str
    title: str
    line: ClauseLine
    measures: tuple[Measure, ...]
    is_covered: bool


def measure_context(measure: Measure, user: User) -> dict[str, Any]:
    """The context of measure.html, in a fixed number of queries."""
    source = measure.audit or measure.quarter
    assert source is not None
    edition = load_edition(source.edition)
    effect = effect_now(measure)
    operations = _operations(measure, user)
    version = {"version": measure.version}
    today = timezone.localdate()
    sees_months = user.may("audits.view_monthly", measure.department)
    return {
        "measure": measure,
        "source": source,
        "source_url": _source_url(measure) if sees_months else "",
        "state_tag": measure_tag(measure),
        "overdue_days": (today - measure.due_on).days
        if is_overdue(measure.status, measure.due_on, today)
        else 0,
        "clauses": [(number, clause_title(edition, number)) for number in measure.clauses],
        "effect": effect,
        "before": _months(measure, effect, sees_months, after=False),
        "after": _months(measure, effect, sees_months, after=True),
        "effect_sentence": measure.effect_facts.get("sentence", ""),
        "operations": operations,
        "closer_refusal": _closer_refusal(measure, user) if Act.CLOSE in allowed(measure.status) else "",
        "events": _events(measure),
        "note_form": NoteForm(initial=version),
        "done_form": DoneForm(initial=version | {"done_on": today}),
        "effect_form": EffectForm(initial=version),
        "close_form": CloseForm(initial=version),
        "reopen_form": ReopenForm(initial=version),
        "cancel_form": CancelForm(initial=version),
    }


def _operations(measure: Measure, user: User) -> dict[str, bool]:
    """Operation → may this user do it now, by permissions and state."""
    department = measure.department
    runs = user.may("audits.run_monthly", department)
    closes = user.may("audits.close_measures", department)
    own = measure.owner_user_id == user.pk and user.may("audits.own_measures", department)
    able = {
        Act.NOTE: runs or own,
        Act.DONE: runs or own,
        Act.CHANGE: runs,
        Act.EFFECT: runs,
        Act.CLOSE: closes,
        Act.REOPEN: closes,
        Act.CANCEL: runs,
    }
    return {act.value: able[act] and act in allowed(measure.status) for act in Act}


def _closer_refusal(measure: Measure, user: User) -> str:
    return closer_refusal(measure, user) or ""


def _months(measure: Measure, effect: Effect, linked: bool, *, after: bool) -> list[MonthShare]:
    rows = effect.after_months if after else effect.before_months
    audits = MonthlyAudit.objects.filter(department=measure.department_id, month__in=[m for m, _ in rows])
    ids = dict(audits.running().values_list("month", "pk")) if linked and rows else {}
    return [
        MonthShare(month, share, reverse("audits:month", args=[ids[month]]) if month in ids else "")
        for month, share in rows
    ]


def _events(measure: Measure) -> list[Happened]:
    return [
        Happened(
            entry.get_kind_display(),
            str(entry.by or "系统"),
            entry.at,
            entry.text,
            _ENTRY_KIND.get(entry.kind, ""),
        )
        for entry in measure.entries.select_related("by").order_by("at", "pk")
    ]


def _source_url(measure: Measure) -> str:
    if measure.audit_id:
        return reverse("audits:month", args=[measure.audit_id])
    return reverse("audits:detail", args=[measure.quarter_id])


def offered_clauses(source: MonthlyAudit | Audit) -> list[str]:
    """The clauses under which something was found, in clause order."""
    if isinstance(source, MonthlyAudit):
        found = faults_of(source.cases.values_list("pk", flat=True))
        clauses = {fault.clause for faults in found.values() for fault in faults}
    else:
        clauses = {fault.clause for case in audit_results(source).cases for fault in case.faults}
    return sorted(clauses, key=clause_key)


def suggested_problem(source: MonthlyAudit | Audit, clauses: list[str]) -> str:
    """A first wording of the problem from the month's figures; "" without a clause."""
    if not isinstance(source, MonthlyAudit) or not clauses:
        return ""
    edition = load_edition(source.edition)
    lines = [line for line in month_result(source).clauses if line.count.clause in clauses]
    listed = "；".join(
        f"{line.count.clause} {clause_title(edition, line.count.clause)}，{line.share.text}" for line in lines
    )
    return f"{source.label}抽查发现：{listed}。" if listed else ""


def clause_rows(
    result: MonthResult, measures: Sequence[Measure], everything: Sequence[Measure]
) -> tuple[ClauseRow, ...]:
    """`measures`: those of this month; `everything`: the department's, an earlier one may still cover."""
    edition = load_edition(result.audit.edition)
    lines = result.clauses
    numbers = [line.count.clause for line in lines]
    missing = set(uncovered(result.audit.month, numbers, [measure_facts(one) for one in everything]))
    return tuple(
        ClauseRow(
            line.count.clause,
            clause_title(edition, line.count.clause),
            line,
            tuple(one for one in measures if line.count.clause in one.clauses and one.status != "cancelled"),
            line.count.clause not in missing,
        )
        for line in lines
    )
