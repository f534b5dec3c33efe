"""Open work of the audits: reviews, months, measures and appeals, each handed over by its own action."""

from collections.abc import Callable
from functools import partial
from typing import Any

from audits.appeals.actions.appeals import assign_appeal
from audits.appeals.models import Appeal
from audits.appeals.queries.participants import candidates
from audits.judging.actions.assignment import READERS, assign_case
from audits.judging.models import Review
from audits.judging.queries.judges import barred, draw_judges, judges_of, offered
from audits.measures.actions import MeasureInput, change_measure
from audits.measures.models import Measure
from audits.monthly.actions.months import assign_month
from audits.monthly.models import MonthlyAudit, MonthlyCase
from staff.access.open_work import OpenItem, WorkSource
from staff.accounts.models import User
from staff.register.models import Member

HANDED_OVER = "责任人离岗或停用账号，移交他人。"
_RULED = "已作出评定，不能改派；确有必要请更换病例。"
_ARBITER = "仲裁已接手，须由本人完成；不能完成时请更换病例。"


def _reviews(user: User) -> list[OpenItem]:
    rows = (
        Review.objects.for_page().still_open().filter(assessor=user).order_by("case__audit", "case__position")
    )
    judges: dict[int, list[User]] = {}
    items = []
    for review in rows.order_by("case__audit", "case__position"):
        case, audit = review.case, review.case.audit
        label = f"{audit} {case}"
        note = _ARBITER if review.reader not in READERS else _RULED if review.description_at else ""
        if audit.pk not in judges:
            judges[audit.pk] = offered(draw_judges(audit))
        readers = set(case.reviews.values_list("assessor", flat=True))
        takers = [one for one in judges[audit.pk] if one.pk not in readers and not barred(case, one)]
        items.append(_item("季度评审", review.pk, label, takers, _give_review, audit.department_id, note))
    return items


def _give_review(pk: int, taker: User, by: User) -> None:
    review = Review.objects.select_related("case__audit").get(pk=pk)
    case = review.case
    rows = case.reviews.filter(reader__in=READERS).select_related("assessor")
    readers = {row.reader: row.assessor for row in rows} | {review.reader: taker}
    assign_case(
        case, assessors=[readers[place] for place in sorted(readers)], version=case.audit.version, by=by
    )


def _months(user: User) -> list[OpenItem]:
    cases = MonthlyCase.objects.unjudged().filter(assessor=user).values("audit")
    months = MonthlyAudit.objects.without_draw().filter(pk__in=cases).select_related("department")
    return [
        _item(
            "月度质控",
            (month.pk, user.pk),
            f"{month.label}（{month.cases.filter(verdict='', assessor=user).count()}份未检查）",
            [one for one in judges_of(month.department) if one.pk != user.pk],
            _give_month,
            month.department_id,
        )
        for month in months.order_by("month")
    ]


def _give_month(key: tuple[int, int], taker: User, by: User) -> None:
    """The month's unjudged cases are spread anew among who still checks it and the taker."""
    month = MonthlyAudit.objects.get(pk=key[0])
    rows = month.cases.filter(verdict="", assessor__is_active=True).exclude(assessor=key[1])
    others = User.objects.filter(pk__in=rows.values("assessor")).exclude(pk=taker.pk).order_by("pk")
    assign_month(month, assessors=[*others, taker], version=month.version, by=by)


def _measures(user: User) -> list[OpenItem]:
    rows = Measure.objects.for_page().filter(owner_user=user, status="open")
    return [
        _item(
            "改进措施",
            row.pk,
            f"{row}（期限{row.due_on}）",
            _owners(row, user),
            _give_measure,
            row.department_id,
        )
        for row in rows
    ]


def _owners(measure: Measure, user: User) -> list[User]:
    grants = {"role_grants__department__in": [measure.department_id]}
    rows = User.objects.filter(is_active=True, **grants).exclude(pk=user.pk).distinct()
    return [
        one for one in rows.order_by("full_name", "pk") if one.may("audits.own_measures", measure.department)
    ]


def _give_measure(pk: int, taker: User, by: User) -> None:
    measure = Measure.objects.for_page().get(pk=pk)
    member = Member.objects.filter(department=measure.department, user=taker).first()
    given = MeasureInput(
        clauses=measure.clauses,
        problem=measure.problem,
        action=measure.action,
        due_on=measure.due_on,
        owner=member,
        owner_user=None if member else taker,
    )
    change_measure(measure, given=given, reason=HANDED_OVER, version=measure.version, by=by)


def _appeals(user: User) -> list[OpenItem]:
    rows = Appeal.objects.for_page().pending().filter(assessor=user).order_by("due_on", "pk")
    return [
        _item(
            "申诉复核",
            row.pk,
            f"第{row.pk}号申诉（应于{row.due_on}前答复）",
            [one for one, refusal in candidates(row) if not refusal and one.pk != user.pk],
            _give_appeal,
            row.report.department_id,
        )
        for row in rows
    ]


def _give_appeal(pk: int, taker: User, by: User) -> None:
    appeal = Appeal.objects.get(pk=pk)
    assign_appeal(appeal, assessor=taker, version=appeal.version, by=by)


def _item(
    kind: str,
    key: Any,
    label: str,
    takers: list[User],
    give: Callable[[Any, User, User], None],
    department: int,
    note: str = "",
) -> OpenItem:
    if not note and not takers:
        note = "没有可以接手的人，请先授予他人相应的角色。"
    name = f"{give.__name__.removeprefix('_give_')}-{key[0] if isinstance(key, tuple) else key}"
    return OpenItem(
        name, kind, label, () if note else takers, None if note else partial(give, key), note, department
    )


def _items(user: User) -> list[OpenItem]:
    return [*_reviews(user), *_months(user), *_measures(user), *_appeals(user)]


def _holders() -> set[int]:
    found = set(Review.objects.still_open().values_list("assessor", flat=True))
    found |= set(MonthlyCase.objects.unjudged().exclude(assessor=None).values_list("assessor", flat=True))
    measures = Measure.objects.filter(status=Measure.Status.OPEN).exclude(owner_user=None)
    found |= set(measures.values_list("owner_user", flat=True))
    appeals = Appeal.objects.pending().exclude(assessor=None)
    return found | set(appeals.values_list("assessor", flat=True))


WORK = WorkSource(items=_items, holders=_holders)
