"""The judging page as a frozen value: what this assessor may see of this case at this moment."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from types import SimpleNamespace
from typing import Any

from django.urls import reverse
from django.utils import timezone

from audits.judging.domain.blinding import PEOPLE, hide, patient_secrets, people_secrets, shown_system
from audits.judging.domain.rulings import SettlementState
from audits.judging.hints import Hint, hints_of
from audits.judging.models import Review
from audits.judging.queries.readings import Reading
from audits.judging.queries.results import CaseResult, case_result
from audits.sampling.models import Audit, Case, FrozenCase
from exporting.masking import mask_name
from reports.archive.content import from_json, time_text
from reports.domain.segments import Place, Segment, cut
from reports.outcomes.models import Outcome
from standards.loader import load_edition


@dataclass(frozen=True)
class OutcomeLine:
    kind: str
    observed_on: date
    text: str


@dataclass(frozen=True)
class Neighbour:
    """One of the assessor's own cases of the same audit, for the bar of numbers."""

    position: int
    state: str
    url: str


@dataclass(frozen=True)
class JudgePage:
    """`report` has the glossary's field names; blind, it has neither name nor number nor outcome."""

    review: Review
    case: Case
    audit: Audit
    system_zh: str
    report: SimpleNamespace
    marks: Mapping[str, tuple[Segment, ...]]
    hints: tuple[Hint, ...]
    blind: bool
    is_open: bool
    is_arbiter: bool
    outcome_count: int
    outcomes: tuple[OutcomeLine, ...]
    readings: tuple[Reading, ...]
    own: Reading
    judges_description: bool
    judges_conclusion: bool
    bar: tuple[Neighbour, ...]
    done: int
    previous_url: str
    next_url: str

    @property
    def state(self) -> str:
        """describe → reveal → conclude → done: what is to be done next."""
        if not self.review.description_at:
            return "describe"
        if not self.judges_conclusion:
            return "done"
        if not self.review.outcome_seen_at:
            return "reveal"
        return "done" if self.review.conclusion_at else "conclude"


def judge_page(review: Review) -> JudgePage:
    """Everything the page shows. `review` comes with case, audit, report and revision selected."""
    case, audit = review.case, review.case.audit
    blind = review.outcome_seen_at is None
    result = case_result(case, audit)
    is_arbiter = review.reader == Review.Reader.ARBITER
    bar = () if is_arbiter else neighbours(review)
    place = next((n for n, one in enumerate(bar) if one.state.endswith("current")), 0)
    shown = shown_content(case, blind=blind)
    is_open = case.state == Case.State.ACTIVE and audit.status == Audit.Status.DRAWN
    judges_description = not is_arbiter or _disputed_description(result)
    hints = _hints(case, shown, blind=blind) if is_open and judges_description else ()
    return JudgePage(
        review=review,
        case=case,
        audit=audit,
        system_zh=shown_system(case.system, case.revision.content, blind=blind),
        report=SimpleNamespace(**shown),
        marks=marks_of(shown, review.faults.all(), hints),
        hints=hints,
        blind=blind,
        is_open=is_open,
        is_arbiter=is_arbiter,
        outcome_count=len(result.outcomes),
        outcomes=() if blind else outcome_lines(case, result),
        readings=_shown_readings(result, is_arbiter=is_arbiter),
        own=next(r for r in result.readings if r.review_id == review.pk),
        judges_description=judges_description,
        judges_conclusion=not is_arbiter or _disputed_conclusion(result),
        bar=bar,
        done=sum(1 for one in bar if "done" in one.state),
        previous_url=bar[place - 1].url if place > 0 else "",
        next_url=bar[place + 1].url if place + 1 < len(bar) else "",
    )


def shown_content(case: FrozenCase, *, blind: bool) -> dict[str, Any]:
    """The frozen revision as this page may show it: every text hidden, people only after the reveal."""
    content = from_json(case.revision.content)
    number = case.report.accession_number
    secrets = _secrets(case, blind=blind)
    values = {
        name: hide(value, secrets) if isinstance(value, str) else value for name, value in content.items()
    }
    hidden_number = f"＊＊＊{number[-2:]}" if len(number) > 4 else "＊＊＊"
    values |= {
        "extra": {},
        "patient_id": None,
        "birth_on": None,
        "accession_number": hidden_number if blind else number,
        "patient_name": None if blind else mask_name(content.get("patient_name")),
    }
    if blind:
        values |= dict.fromkeys(PEOPLE)
    for name in ("examined_at", "reported_at"):
        moment = timezone.make_aware(content[name]) if content.get(name) else None
        values[f"{name}_text"] = time_text(moment, content.get(f"{name}_precision") or "")
    return values


def _secrets(case: FrozenCase, *, blind: bool) -> set[str]:
    content = case.revision.content
    secrets = patient_secrets(content, case.report.accession_number)
    return secrets | people_secrets(content) if blind else secrets


def _hints(case: Case, shown: Mapping[str, Any], *, blind: bool) -> tuple[Hint, ...]:
    edition = load_edition(case.audit.edition)
    return hints_of(case, shown, _secrets(case, blind=blind), edition)


def marks_of_faults(case: Case, result: CaseResult) -> dict[str, tuple[Segment, ...]]:
    """The texts cut at the faults that settled the case; a text without a fault is left out."""
    return marks_of(shown_content(case, blind=False), result.faults)


def marks_of(
    shown: Mapping[str, Any], faults: Iterable[Any], hints: Iterable[Hint] = ()
) -> dict[str, tuple[Segment, ...]]:
    """The texts cut at ruled faults and at hints; a text without either is left out."""
    placed: dict[str, list[Place]] = {}
    for fault in faults:
        if fault.start is not None and fault.end is not None:
            title = f"{fault.clause} {fault.reason}"
            placed.setdefault(fault.field, []).append(Place(fault.start, fault.end, "hard", title))
    for hint in hints:
        if hint.start is not None and hint.end is not None:
            title = f"提示{hint.number}：{hint.clause} {hint.title}"
            # Not hard: the assessor decides whether it is a fault.
            pen = "advice" if hint.kind == "advice" else "soft"
            place = Place(hint.start, hint.end, pen, title, label=str(hint.number))
            placed.setdefault(hint.field, []).append(place)
    return {field: cut(shown.get(field) or "", places) for field, places in placed.items()}


def outcome_lines(case: Case, result: CaseResult) -> tuple[OutcomeLine, ...]:
    """The frozen outcomes, the patient's name and numbers hidden inside their text."""
    return tuple(_outcome(outcome, case) for outcome in result.outcomes)


def _outcome(outcome: Outcome, case: Case) -> OutcomeLine:
    secrets = patient_secrets(case.revision.content, case.report.accession_number)
    secrets |= {outcome.given_patient_name, outcome.given_patient_id}
    return OutcomeLine(outcome.get_kind_display(), outcome.observed_on, hide(outcome.text, secrets))


def _shown_readings(result: CaseResult, *, is_arbiter: bool) -> tuple[Reading, ...]:
    """The readers' rulings an arbiter decides between; a reader sees nobody else's."""
    return tuple(r for r in result.readings if not r.is_arbiter) if is_arbiter else ()


def _disputed_description(result: CaseResult) -> bool:
    return len({r.faulty for r in result.readings if not r.is_arbiter}) > 1


def _disputed_conclusion(result: CaseResult) -> bool:
    readers = [r for r in result.readings if not r.is_arbiter]
    judged_apart = result.concordance.state is SettlementState.ARBITRATION
    return judged_apart or any(r.is_arbiter and r.conclusion_at for r in result.readings if readers)


def neighbours(review: Review) -> tuple[Neighbour, ...]:
    """The assessor's cases of this audit in order; one query."""
    rows = Review.objects.filter(
        case__audit=review.case.audit_id, case__state=Case.State.ACTIVE, assessor=review.assessor_id
    ).select_related("case")
    rows = rows.exclude(reader=Review.Reader.ARBITER).order_by("case__position")
    return tuple(_neighbour(row, review) for row in rows)


def _neighbour(row: Review, review: Review) -> Neighbour:
    state = "done" if row.description_at and row.conclusion_at else "todo"
    if row.pk == review.pk:
        state = f"{state} current"
    return Neighbour(row.case.position, state, reverse("audits:judge", args=[row.pk]))
