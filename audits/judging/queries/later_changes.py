"""What changed beneath a case after it was drawn or ruled on: its report's data, or an outcome."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Min
from django.utils import timezone

from audits.judging.models import Review
from audits.sampling.models import Audit, Case
from reports.corrections.models import OutcomeCorrection
from reports.reimport.queries import reimports_of


@dataclass(frozen=True)
class LaterChange:
    """A change as a Chinese sentence and with its reason; `of_outcome`: it may reveal the outcome."""

    case_id: int
    position: int
    at: datetime
    sentence: str
    reason: str
    of_outcome: bool = False


def later_changes(audit: Audit, cases: Collection[Case]) -> list[LaterChange]:
    """Changes of the cases of one audit, by position; three queries."""
    changes = (*reimported(audit.drawn_at, cases), *_outcomes_corrected(cases))
    return sorted(changes, key=lambda change: (change.position, change.at))


def reimported(drawn_at: datetime | None, cases: Collection[Case]) -> Iterable[LaterChange]:
    """Cases whose report was corrected by an import after the draw and that keep the version judged."""
    found = reimports_of([case.report_id for case in cases], [case.revision_id for case in cases])
    for case in cases:
        change = found.get(case.report_id)
        if change and drawn_at and change.at > drawn_at and case.revision_id not in change.rewritten:
            sentence = f"原始数据已于{_day(change.at)}更正导入，评定所依据的版本保留。"
            yield LaterChange(case.pk, case.position, change.at, sentence, change.reason)


def _outcomes_corrected(cases: Collection[Case]) -> Iterable[LaterChange]:
    """Corrections of outcomes after a reader of the case had ruled on the conclusion."""
    reviews = Review.objects.filter(case__in=cases, conclusion_at__isnull=False).order_by()
    ruled = dict(reviews.values("case").annotate(first=Min("conclusion_at")).values_list("case", "first"))
    corrections: dict[int, list[OutcomeCorrection]] = defaultdict(list)
    rows = OutcomeCorrection.objects.filter(outcome__cases__in=ruled).select_related("outcome__report")
    for row in rows.annotate(case_id=F("outcome__cases")):
        corrections[row.case_id].append(row)
    for case in cases:
        for one in corrections[case.pk]:
            if one.corrected_at > ruled[case.pk]:
                sentence = f"评定诊断结论之后，结局于{_day(one.corrected_at)}有变：{one.get_kind_display()}。"
                reason = one.outcome.masked(one.reason)
                yield LaterChange(case.pk, case.position, one.corrected_at, sentence, reason, of_outcome=True)


def _day(at: datetime) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%d")
