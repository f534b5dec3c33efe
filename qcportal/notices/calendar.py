"""The days on which something ends for one person: qualifications, own measures, appeals to decide."""

from collections.abc import Iterator
from datetime import date

from audits.appeals.models import Appeal
from audits.measures.models import Measure
from qcportal.notices.digest import address_of
from staff.accounts.models import User
from staff.departments.models import Department
from staff.register.domain.calendar import Deadline
from staff.register.models import Member
from staff.register.queries.deadlines import current_members, deadlines
from staff.register.queries.people import people_of

_SEES_ALL, _SEES_OWN = "staff.view_register", "staff.view_own_record"


def deadlines_of(user: User, today: date) -> list[Deadline]:
    """All of them, each once; staff may be named, a patient never is."""
    found = [*_qualifications(user, today), *_measures(user), *_appeals(user)]
    return list({deadline.uid: deadline for deadline in found}.values())


def _qualifications(user: User, today: date) -> Iterator[Deadline]:
    departments = Department.objects.visible_to(user, _SEES_ALL).select_related("institution")
    for department in departments if user.may(_SEES_ALL) else ():
        yield from deadlines(department, people_of(current_members(department)), today)
    if user.may(_SEES_OWN):
        for member in Member.objects.filter(user=user).active().select_related("department__institution"):
            yield from deadlines(member.department, people_of([member]), today)


def _measures(user: User) -> Iterator[Deadline]:
    if not user.may("audits.own_measures"):
        return
    for pk, due_on in Measure.objects.filter(owner_user=user, status="open").values_list("pk", "due_on"):
        title, note = f"第{pk}号改进措施到期", f"由我落实：{address_of('audits:measure', pk)}"
        yield Deadline(f"measure-{pk}@qcportal", due_on, title, note)


def _appeals(user: User) -> Iterator[Deadline]:
    if not user.may("audits.decide_appeal"):
        return
    rows = Appeal.objects.visible_to(user, "audits.decide_appeal").filter(assessor=user).pending()
    for pk, due_on in rows.values_list("pk", "due_on"):
        title, note = f"第{pk}号申诉答复期限", f"由我复核：{address_of('audits:appeal', pk)}"
        yield Deadline(f"appeal-{pk}@qcportal", due_on, title, note)
