"""The status line of the quarter at the head of every page, with what is overdue; one query."""

from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from audits.judging.models import Review
from audits.measures.models import Measure
from audits.sampling.models import Audit, Case
from qcportal.links import link
from scoring.sheets.models import Sheet
from staff.departments.models import Department


@dataclass(frozen=True)
class QuarterStatusLine:
    """2026年第3季度 · 抽样已完成 · 评审 6/10, and the page on which it goes on."""

    text: str
    url: str
    overdue: int = 0

    @property
    def overdue_url(self) -> str:
        """The measures that are not carried out in time."""
        return link("audits:measures", state="overdue")


def quarter_status_line(department: Department | None, user: Any) -> QuarterStatusLine | None:
    """The newest quarter of the department, for those who may see it; None while there is none."""
    if department is None or not user.may("audits.view", department):
        return None
    row = _newest_audit(department, timezone.localdate()).first()
    if row is None:
        return None
    newest = _Newest(*row)
    overdue = (newest.overdue or 0) if user.may("audits.view_monthly", department) else 0
    return QuarterStatusLine(f"{newest.label} · {_state(newest)}", link("audits:detail", newest.pk), overdue)


class _Newest(NamedTuple):
    """The newest running quarter, and the overdue measures of its department."""

    pk: int
    label: str
    drawn: int | None
    judged: int | None
    sheet_status: str | None
    overdue: int | None


def _newest_audit(department: Department, today: date) -> QuerySet[Audit, Any]:
    open_part = Q(description_at__isnull=True) | Q(conclusion_at__isnull=True)
    cases = Case.objects.filter(audit=OuterRef("pk"), state=Case.State.ACTIVE).order_by()
    judged = cases.filter(Exists(Review.objects.filter(case=OuterRef("pk")))).exclude(
        Exists(Review.objects.filter(open_part, case=OuterRef("pk")))
    )
    sheet = Sheet.objects.filter(audit=OuterRef("pk")).exclude(status=Sheet.Status.SUPERSEDED)
    late = Measure.objects.filter(department=department).overdue(today).order_by()
    rows = Audit.objects.filter(department=department, kind=Audit.Kind.QUARTERLY).running()
    found: QuerySet[Audit, Any] = (
        rows.annotate(
            drawn=_counted(cases),
            judged=_counted(judged),
            sheet_status=Subquery(sheet.order_by("-number").values("status")[:1]),
            overdue=Subquery(late.values("department").annotate(n=Count("pk")).values("n")),
        )
        .order_by("-window_end", "-id")
        .values_list("pk", "label", "drawn", "judged", "sheet_status", "overdue")
    )
    return found


def _counted(rows: QuerySet[Case]) -> Subquery:
    return Subquery(rows.values("audit").annotate(n=Count("pk")).values("n"))


def _state(audit: _Newest) -> str:
    if audit.sheet_status == Sheet.Status.SIGNED:
        return "评分表已签发"
    if audit.sheet_status == Sheet.Status.SUBMITTED:
        return "评分表待签发"
    if not audit.drawn:
        return "待抽样"
    judged = audit.judged or 0
    if judged < audit.drawn:
        return f"抽样已完成 · 评审 {judged}/{audit.drawn}"
    return f"评审 {judged}/{audit.drawn} · {'评分表填写中' if audit.sheet_status else '待填评分表'}"
