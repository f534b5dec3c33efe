"""Appeals made the short way, through the same actions as the pages."""

from typing import Any

from audits.appeals.actions.appeals import assign_appeal, lodge_appeal
from audits.appeals.actions.decisions import decide_appeal
from audits.appeals.models import Appeal
from audits.judging.domain.appeals import Subject
from audits.sampling.models import Case
from staff.accounts.models import User
from staff.departments.models import Department
from tests import people
from tests.audits.factories import AGREES, DIFFERS, assigned_audit, judge, reviews_of

REASON = "增强扫描已写明与胸壁肌肉相比，参照组织明确。"


def writer(department: Department, username: str = "writer", full_name: str = "书写子") -> User:
    """A member whose name stands as reporting physician in the reports of `settled_case`."""
    return people.person(username, full_name, "member", department)


def settled_case(
    department: Department, assessor: User, *, faulty: bool = True, discordant: bool = False, n: int = 3
) -> Case:
    """The first case of an audit of reports by 书写子, all of them judged; the first one as told."""
    audit = assigned_audit(department, [assessor], n=n, reporting_physician="书写子")
    for place, review in enumerate(reviews_of(audit)):
        first = place == 0
        judge(review, faulty=faulty and first, conclusion=DIFFERS if discordant and first else AGREES)
    return audit.cases.select_related("audit", "report", "revision").order_by("position")[0]


def appealed(case: Case, by: User, subject: Subject = Subject.DESCRIPTION) -> Appeal:
    """An appeal nobody was given yet."""
    return lodge_appeal(subject, case.pk, reason=REASON, by=by)


def assigned(appeal: Appeal, assessor: User, by: User) -> Appeal:
    """The appeal in the hands of `assessor`."""
    return assign_appeal(appeal, assessor=assessor, version=appeal.version, by=by)


def decided(appeal: Appeal, *, upheld: bool = True, **more: Any) -> Appeal:
    """The decision of the appeal's own assessor; every appealed fault falls where it is upheld."""
    values = {"reason": "参照组织已写明，问题不成立。" if upheld else "原文确未写明参照组织。"} | more
    if upheld and "struck" not in values:
        values["struck"] = list(appeal.faults.values_list("pk", flat=True))
    return decide_appeal(appeal, upheld=upheld, version=appeal.version, by=appeal.assessor, **values)
