"""Appeals of the demonstration: one upheld, one rejected, one waiting, by the member on own reports."""

from audits.appeals.actions.appeals import acknowledge, assign_appeal, lodge_appeal
from audits.appeals.actions.decisions import decide_appeal
from audits.appeals.models import Appeal
from audits.appeals.queries.own_findings import OWN, Problem, own, problem_for, ruled_problems
from audits.appeals.queries.participants import candidates
from audits.judging.domain.appeals import Subject
from audits.sampling.models import Case
from demo.steps.quarters import Cast
from reports.findings.actions.rulings import rule_finding
from reports.findings.models import Finding
from staff.accounts.models import User
from staff.departments.models import Department

_CONFIRMED = 4
_WHY = {
    Subject.DESCRIPTION: "请复核：该处描述在当班模板中已有对应内容，且与图像所见一致，不影响理解。",
    Subject.CONCLUSION: "请复核：结论已列出该诊断并建议进一步检查，定位与结局一致。",
    Subject.MONTHLY: "请复核：原文后一句已写明，抽查时似未计入。",
    Subject.FINDING: "请复核：这里是引用临床申请内容，不是本次描述，不应按描述用语核对。",
}
_UPHELD = "对照原文与图像复核：申诉所述属实，该项问题不成立，予以撤销。"
_REJECTED = "对照条款复核：原文确未按条款写明，原评定恰当，予以维持。写法可参照“如何写对”。"


def make_appeals(department: Department, cast: Cast, member: User) -> None:
    """The officer confirms some findings on own reports; the member reads them, and appeals three times."""
    _confirm(department, cast.officer, member)
    for place, problem in enumerate(_chosen(member)):
        appeal = lodge_appeal(problem.subject, problem.pk, reason=_WHY[problem.subject], by=member)
        if place < 2:
            _decide(appeal, cast.officer, upheld=place == 0)
    left = next((p for p in ruled_problems(member) if p.waits), None)
    if left is not None:
        acknowledge(left.subject, left.pk, by=member)


def _confirm(department: Department, officer: User, member: User) -> None:
    rows = Finding.objects.filter(department=department, is_current=True, state="open", severity="violation")
    for finding in rows.filter(own(member, "report__")).order_by("-reported_at", "pk")[:_CONFIRMED]:
        rule_finding(finding, verdict="confirm", version=finding.version, by=officer)


def _chosen(member: User) -> list[Problem]:
    """Problems to be upheld, rejected, left open. A case of a signed or submitted sheet is never upheld."""
    ruled = ruled_problems(member)
    rows = Finding.objects.visible_to(member, OWN).filter(own(member, "report__"), state="confirmed")
    confirmed = [
        problem_for(member, Subject.FINDING, pk) for pk in rows.order_by("pk").values_list("pk", flat=True)
    ]
    able = [p for p in (*ruled, *confirmed) if p is not None and p.may_appeal]
    free = [p for p in able if p.subject in (Subject.MONTHLY, Subject.FINDING)]
    quarterly = [p for p in ruled if p.subject in (Subject.DESCRIPTION, Subject.CONCLUSION)]
    running = [p for p in quarterly if _is_running(p)]
    settled = [p for p in quarterly if p not in running]
    order = [*free[:1], *settled[:1], *running[:1], *settled[1:], *free[1:]]
    return list(dict.fromkeys(order))[:3] if free else []


def _is_running(problem: Problem) -> bool:
    return not Case.objects.get(pk=problem.pk).audit.sheets.exists()


def _decide(appeal: Appeal, officer: User, *, upheld: bool) -> None:
    able = [user for user, refusal in candidates(appeal) if not refusal]
    if not able:
        return
    appeal = assign_appeal(appeal, assessor=able[0], version=appeal.version, by=officer)
    decide_appeal(
        appeal,
        upheld=upheld,
        reason=_UPHELD if upheld else _REJECTED,
        struck=list(appeal.faults.values_list("pk", flat=True)),
        version=appeal.version,
        by=able[0],
    )
