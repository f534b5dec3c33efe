"""The kinds of things that can wait for a person. A new kind is a line of `KINDS`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from audits.appeals.models import Appeal
from audits.follow_up.models import Feedback
from audits.judging.models import Review
from audits.judging.queries.disputed import disputed_cases
from audits.measures.models import Measure
from audits.monthly.models import MonthlyCase
from audits.sampling.models import Case
from qcportal.links import link
from scoring.sheets.models import Sheet
from scoring.unmasking.models import DECIDE, UnmaskRequest
from staff.access.retention import MANAGES
from staff.accounts.actions.grants import GRANTS
from staff.accounts.models import GrantRequest, User
from staff.register.models import Qualification
from staff.retention.models import Purge

_LISTS = ("pool_list", "ledger", "draw")


@dataclass(frozen=True)
class Line:
    """One thing on the page 待我处理; no patient is named in it."""

    text: str
    url: str
    when: str = ""


@dataclass(frozen=True)
class Kind:
    """Things of one kind: `rows(user)` for those whom `needs` lets in, counted at the entry `at`."""

    code: str
    label: str
    at: str
    needs: str
    rows: Callable[[User], QuerySet[Any]]
    line: Callable[[Any], Line]


def _reviews(user: User) -> QuerySet[Review]:
    return Review.objects.visible_to(user).unfinished().for_list()


def _own_arbitrations(user: User) -> QuerySet[Review]:
    return Review.objects.visible_to(user).still_open().filter(reader=3).for_list()


def _review_line(review: Review) -> Line:
    case = review.case
    return Line(f"{case.audit.label} 第{case.position}份", link("audits:judge", review.pk))


def _disputed(user: User) -> QuerySet[Case]:
    rows = disputed_cases(Case.objects.visible_to(user, "audits.arbitrate")).exclude(reviews__assessor=user)
    return rows.select_related("audit").defer(*(f"audit__{name}" for name in _LISTS))


def _month_cases(user: User) -> QuerySet[MonthlyCase]:
    rows = MonthlyCase.objects.visible_to(user, "audits.judge").unjudged()
    return rows.select_related("audit").without_draw()


def _appeals(user: User) -> QuerySet[Appeal]:
    return Appeal.objects.visible_to(user, "audits.decide_appeal").filter(assessor=user).pending()


def _unassigned_appeals(user: User) -> QuerySet[Appeal]:
    return Appeal.objects.visible_to(user, "audits.assign").pending().filter(state="open")


def _appeal_line(appeal: Appeal) -> Line:
    return Line(f"第{appeal.pk}号申诉", link("audits:appeal", appeal.pk), f"{appeal.due_on} 前")


def _sheets(code: str, **asked: Any) -> Callable[[User], QuerySet[Sheet]]:
    def rows(user: User) -> QuerySet[Sheet]:
        return Sheet.objects.visible_to(user, code).filter(**asked).for_list()

    return rows


def _to_sign(user: User) -> QuerySet[Sheet]:
    return _sheets("scoring.sign_sheet", status="submitted")(user).exclude(submitted_by=user)


def _sheet_line(sheet: Sheet) -> Line:
    return Line(f"{sheet.audit.label}评分表第{sheet.number}版", link("scoring:detail", sheet.pk))


def _measures(code: str, status: str) -> Callable[[User], QuerySet[Measure]]:
    def rows(user: User) -> QuerySet[Measure]:
        return Measure.objects.visible_to(user, code).filter(status=status)

    return rows


def _own_measures(user: User) -> QuerySet[Measure]:
    return Measure.objects.filter(owner_user=user, status="open")


def _to_close(user: User) -> QuerySet[Measure]:
    """Closed by another than the owner, who set it and who checked its effect (audits.measures.actions)."""
    rows = _measures("audits.close_measures", "checked")(user)
    return rows.exclude(owner_user=user).exclude(created_by=user).exclude(checked_by=user)


def _measure_line(measure: Measure) -> Line:
    return Line(str(measure), link("audits:measure", measure.pk), f"{measure.due_on} 到期")


def _approvals(user: User) -> QuerySet[UnmaskRequest]:
    rows = UnmaskRequest.objects.visible_to(user, DECIDE).filter(status="asked").for_page()
    return rows.exclude(asked_by=user).exclude(Q(inspector=user, inspector__isnull=False))


def _approval_line(row: UnmaskRequest) -> Line:
    return Line(f"{row.sheet}的未脱敏迎检包", link("scoring:unmask_request", row.pk))


def _certificates(user: User) -> QuerySet[Qualification]:
    rows = Qualification.objects.visible_to(user, "staff.approve_certificates")
    return rows.filter(state="submitted").exclude(submitted_by=None).select_related("member")


def _certificate_line(row: Qualification) -> Line:
    return Line(f"{row.member.full_name}提交的资质证书", link("register:record", row.pk))


def _feedback(user: User) -> QuerySet[Feedback]:
    return Feedback.objects.visible_to(user).unread()


def _feedback_line(row: Feedback) -> Line:
    return Line(f"第{row.pk}号随访反馈", link("audits:my_feedback_one", row.pk))


def _requests(user: User) -> QuerySet[GrantRequest]:
    rows = GrantRequest.objects.visible_to(user, GRANTS).pending().exclude(requested_by=user)
    return rows.exclude(user=user).select_related("user")


def _request_line(row: GrantRequest) -> Line:
    text = f"{row.get_kind_display()}：{row.user.full_name}"
    return Line(text, link("staff:grant_request", row.pk), f"{timezone.localdate(row.expires_at)} 前")


def _purges(user: User) -> QuerySet[Purge]:
    rows = Purge.objects.filter(status=Purge.Status.ASKED).exclude(asked_by=user)
    return rows if user.reach(MANAGES) is None else rows.none()


def _purge_line(row: Purge) -> Line:
    return Line(f"第{row.pk}号清除申请", link("staff:retention"))


def _case_line(case: Case) -> Line:
    return Line(f"{case.audit.label} 第{case.position}份", link("audits:arbitration"))


def _month_line(case: MonthlyCase) -> Line:
    return Line(f"{case.audit.label}月度质控 第{case.position}份", link("audits:monthly_case", case.pk))


_MINE, _DISPUTES, _APPEALS = "audits:my_reviews", "audits:arbitration", "audits:appeals"
_SHEETS, _MEASURES = "scoring:list", "audits:measures"
OWN_FEEDBACK = "audits.view_own_feedback"
_EDIT, _RETURNED = "scoring.edit_sheet", {"status": "draft", "returned_at__isnull": False}

KINDS = (
    Kind("reviews", "待评审病例", _MINE, "audits.judge", _reviews, _review_line),
    Kind("month_cases", "待检查的月度质控报告", _MINE, "audits.judge", _month_cases, _month_line),
    Kind("own_arbitrations", "由我仲裁的病例", _DISPUTES, "audits.judge", _own_arbitrations, _review_line),
    Kind("disputes", "待仲裁的病例", _DISPUTES, "audits.arbitrate", _disputed, _case_line),
    Kind("appeals", "待我复核的申诉", _APPEALS, "audits.decide_appeal", _appeals, _appeal_line),
    Kind("new_appeals", "待分配的申诉", _APPEALS, "audits.assign", _unassigned_appeals, _appeal_line),
    Kind("returned", "被退回的评分表", _SHEETS, _EDIT, _sheets(_EDIT, **_RETURNED), _sheet_line),
    Kind("to_sign", "待签发的评分表", _SHEETS, "scoring.sign_sheet", _to_sign, _sheet_line),
    Kind("measures", "由我落实的改进措施", _MEASURES, "audits.own_measures", _own_measures, _measure_line),
    Kind(
        "effects",
        "待核对效果的改进措施",
        _MEASURES,
        "audits.run_monthly",
        _measures("audits.run_monthly", "done"),
        _measure_line,
    ),
    Kind("to_close", "待关闭的改进措施", _MEASURES, "audits.close_measures", _to_close, _measure_line),
    Kind("approvals", "待审批的未脱敏申请", "scoring:packets", DECIDE, _approvals, _approval_line),
    Kind(
        "certificates",
        "待审核的资质证书",
        "register:members",
        "staff.approve_certificates",
        _certificates,
        _certificate_line,
    ),
    Kind("requests", "待确认的授权申请", "staff:grant_requests", GRANTS, _requests, _request_line),
    Kind("purges", "待确认的到期清除", "staff:retention", MANAGES, _purges, _purge_line),
    Kind("feedback", "待签收的随访反馈", "audits:my_feedback", OWN_FEEDBACK, _feedback, _feedback_line),
)
