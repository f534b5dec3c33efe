"""The quarter at hand: its steps, its figures so far, what comes next; and what the last four came to."""

from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from django.utils import timezone

from audits.judging.domain.statistics import NO_DATA, percent
from audits.judging.queries.results import AuditResults, audit_results, results_of
from audits.quarter.domain.state import QuarterState, quarter_state
from audits.quarter.queries.figures import Figures, earlier_results, figures_of, reveals_withheld
from audits.quarter.queries.state import state_from
from audits.sampling.domain.window import Window, quarter_of, quarter_window
from audits.sampling.models import Audit
from audits.sampling.queries.withheld import withheld_ids
from qcportal.links import link
from reports.archive.models import Report
from reports.domain.proportions import wilson
from reports.outcomes.models import Outcome
from scoring.evidence.queries.suggestions import suggestions_of
from scoring.sheets.domain.sheet_input import Sample, SheetInput
from scoring.sheets.domain.verdict import bounds, change_sentences, what_would_change
from scoring.sheets.models import Sheet
from scoring.sheets.queries.scored import scored_sheet
from scoring.sheets.queries.signed_records import columns_differ
from staff.departments.models import Department
from standards.loader import load_edition
from standards.scoresheet import HospitalLevel

DIFFERS = "differs"
_HEAVY = ("pool_list", "ledger", "draw")
_NEXT = {
    "报告导入": "查看报告",
    "结局登记": "查看报告与结局",
    "抽样": "去抽样",
    "评审": "查看评审",
    "评分表": "去评分表",
    "签发": "去签发",
    "迎检包": "去取迎检包",
}


@dataclass(frozen=True)
class Step:
    """One step of the quarter, for components/_steps.html."""

    label: str
    state: str
    note: str = ""
    url: str = ""


@dataclass(frozen=True)
class Score:
    """The points so far. While anything is open `low`…`high` are the bounds; else both are the total."""

    low: int
    high: int
    full: int
    line: int
    verdict: str
    sentences: tuple[str, ...]
    url: str

    @property
    def is_open(self) -> bool:
        return self.low != self.high


@dataclass(frozen=True)
class QuarterView:
    """The quarter the department works on: an audit, or the quarter that still has none (`audit` None)."""

    label: str
    window: Window
    audit: Audit | None
    sheet: Sheet | None
    results: AuditResults | None
    figures: Figures | None
    score: Score | None
    steps: tuple[Step, ...]
    url: str
    state: QuarterState

    @property
    def next(self) -> tuple[str, str]:
        """(words, address) of what comes next; ("", "") when all is done."""
        step = self.current
        return (_NEXT[step.label], step.url) if step else ("", "")

    @property
    def current(self) -> Step | None:
        """The step that comes next; None when all is done."""
        return next((step for step in self.steps if step.state == "current"), None)


@dataclass(frozen=True)
class Past:
    """A signed quarter: its points and the signed verdict, the concordance rate from its cases.

    When the record differs from the signed one, `verdict` is DIFFERS and `total` is None.
    """

    label: str
    total: int | None
    verdict: str
    rate: str
    interval: str
    signed_at: Any
    url: str
    rows_url: str


def quarter_at_hand(department: Department, user: Any, today: date) -> QuarterView:
    """The newest quarter that is not signed; else the last ended one, to be opened; else the newest."""
    audits = Audit.objects.filter(department=department, kind=Audit.Kind.QUARTERLY).running()
    audit = audits.defer(*_HEAVY).order_by("-window_end", "-id").first()
    sheet = _sheet(audit) if audit else None
    ended = _last_ended(today)
    signed = sheet is not None and sheet.status == Sheet.Status.SIGNED
    if audit is None or (signed and audit.window_end < ended.end):
        return _unopened(department, ended)
    return _opened(audit, sheet, user)


def _last_ended(today: date) -> Window:
    year, quarter = quarter_of(today)
    return quarter_window(year, quarter - 1) if quarter > 1 else quarter_window(year - 1, 4)


def _sheet(audit: Audit) -> Sheet | None:
    """The version that is worked on, else the signed one."""
    rows = Sheet.objects.filter(audit=audit).exclude(status=Sheet.Status.SUPERSEDED).defer("content")
    rows = rows.with_signed_as()
    return rows.order_by("-number").first()


def _unopened(department: Department, window: Window) -> QuarterView:
    steps = _steps(department, window, None, None, None)
    state = quarter_state(cancelled=False, cases=0, settled=0, sheet="")
    return QuarterView(window.label, window, None, None, None, None, None, steps, link("audits:list"), state)


def _opened(audit: Audit, sheet: Sheet | None, user: Any) -> QuarterView:
    window = Window(audit.window_start, audit.window_end)
    drawn = audit.drawn_at is not None
    results = audit_results(audit) if drawn else None
    figures = _figures(audit, results, user) if results else None
    score = _score(sheet) if sheet else _score_without_sheet(audit, results) if results else None
    steps = _steps(audit.department, window, audit, results, sheet)
    state = state_from(audit, results, sheet.status if sheet else "")
    url = link("audits:detail", audit.pk)
    return QuarterView(audit.label, window, audit, sheet, results, figures, score, steps, url, state)


def _figures(audit: Audit, results: AuditResults, user: Any) -> Figures | None:
    """None while their counts include a report that the user still has to judge (docs/quality.md A2)."""
    earlier = earlier_results(audit)
    if reveals_withheld((results, *earlier), withheld_ids(user)):
        return None
    return figures_of(results, earlier)


def _score(sheet: Sheet) -> Score | None:
    """None for a signed sheet whose record is not what was signed."""
    if columns_differ(sheet):
        return None
    definition = load_edition(sheet.edition).sheet
    url = link("scoring:detail", sheet.pk)
    line, full = definition.pass_line, definition.total_points
    if sheet.status == Sheet.Status.SIGNED and sheet.total is not None:
        return Score(sheet.total, sheet.total, full, line, sheet.verdict, (), url)
    scored = scored_sheet(sheet)
    total, limits = scored.score.total, scored.score.bounds
    if limits is not None:
        low, high = limits.lowest_total, limits.highest_total
    else:
        assert total is not None, "a score without bounds has a total"
        low = high = total
    return Score(low, high, full, line, scored.score.verdict, scored.changes, url)


def _score_without_sheet(audit: Audit, results: AuditResults) -> Score:
    """The bounds the rulings leave before anyone has opened the sheet: section 1 is all 未评."""
    definition = load_edition(audit.edition).sheet
    described, concluded = results.description_sample, results.conclusion_sample
    given = SheetInput(
        hospital_level=cast(HospitalLevel, audit.department.institution.level),
        rows={row.id: None for row in definition.rows if row.states},
        description_sample=Sample(described.size, described.failed),
        conclusion_sample=Sample(concluded.size, concluded.failed),
    )
    limits = bounds(given, definition)
    found = suggestions_of(audit, given.hospital_level, audit.edition, on=timezone.localdate())
    suggested = {row: suggestion.state for row, suggestion in found.items()}
    words = change_sentences(what_would_change(given, definition, suggested))
    low, high, full = limits.lowest_total, limits.highest_total, definition.total_points
    url = link("audits:detail", audit.pk)
    return Score(low, high, full, definition.pass_line, "unjudged_rows", words, url)


def _steps(
    department: Department,
    window: Window,
    audit: Audit | None,
    results: AuditResults | None,
    sheet: Sheet | None,
) -> tuple[Step, ...]:
    """Seven steps from import to packet. The first that is not done is the current one."""
    days = {"since": window.start, "until": window.end}
    reports = Report.objects.filter(department=department).reported_between(window.start, window.end)
    received = reports.count()
    with_outcome = (
        Outcome.objects.matched().filter(report__in=reports.order_by()).values("report").distinct().count()
    )
    cases = results.cases if results else ()
    settled = sum(1 for case in cases if case.settled)
    status = sheet.status if sheet else ""
    audit_url = link("audits:detail", audit.pk) if audit else link("audits:list")
    sheet_url = link("scoring:detail", sheet.pk) if sheet else audit_url
    packed = sheet is not None and status == Sheet.Status.SIGNED and sheet.packet_files.exists()
    done = (
        ("报告导入", received > 0, f"{received} 份", link("reports:list", **days)),
        ("结局登记", with_outcome > 0, f"{with_outcome} 份", link("reports:list", **days, outcome="yes")),
        ("抽样", bool(cases), f"{len(cases)} 份" if cases else "", audit_url),
        ("评审", bool(results and results.finished), f"{settled}/{len(cases)}" if cases else "", audit_url),
        ("评分表", status in (Sheet.Status.SUBMITTED, Sheet.Status.SIGNED), _number(sheet), sheet_url),
        ("签发", status == Sheet.Status.SIGNED, "", sheet_url),
        ("迎检包", packed, "", link("scoring:packets")),
    )
    current = next((place for place, step in enumerate(done) if not step[1]), len(done))
    return tuple(
        Step(label, "done" if is_done else "current" if place == current else "todo", note, url)
        for place, (label, is_done, note, url) in enumerate(done)
    )


def _number(sheet: Sheet | None) -> str:
    return f"第{sheet.number}版" if sheet and sheet.number > 1 else ""


def past_quarters(department: Department, limit: int = 4) -> tuple[Past, ...]:
    """The last signed quarters, newest first: eight queries at most, however many cases."""
    rows = Sheet.objects.filter(audit__department=department, audit__kind=Audit.Kind.QUARTERLY).signed()
    rows = rows.with_signed_as()
    sheets = list(rows.select_related("audit").defer("content").order_by("-audit__window_end")[:limit])
    every = results_of([sheet.audit for sheet in sheets]) if sheets else []
    return tuple(_past(sheet, results) for sheet, results in zip(sheets, every, strict=True))


def _past(sheet: Sheet, results: AuditResults) -> Past:
    sample = results.conclusion_sample
    good = sample.size - sample.failed
    interval = wilson(good, sample.size)
    differs = columns_differ(sheet)
    return Past(
        label=sheet.audit.label,
        total=None if differs else sheet.total,
        verdict=DIFFERS if differs else sheet.verdict,
        rate=f"{good}/{sample.size}（{percent(good, sample.size)}）" if sample.size else NO_DATA,
        interval=interval.label if interval else "",
        signed_at=sheet.signed_at,
        url=link("scoring:detail", sheet.pk),
        rows_url=link("audits:detail", sheet.audit_id),
    )
