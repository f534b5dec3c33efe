"""Sheets made the short way, through the same actions as the pages."""

from typing import Any

from audits.sampling.models import Audit
from scoring.sheets.actions.sheets import create_sheet, set_row
from scoring.sheets.models import Sheet
from scoring.signing.actions import sign_sheet, submit_sheet
from staff.accounts.models import User
from staff.departments.models import Department
from tests import people
from tests.audits.factories import AGREES, DIFFERS, assigned_audit, judge, reviews_of

AGAINST = "资料为纸质原件，已当场核对。"  # these departments keep no register: nothing is suggested as met
ALL_MET = {"1.1": "met", "1.2": "met", "1.3": "met", "1.4": "met", "1.5": "met"}


def judged_audit(
    department: Department, assessor: User, *, faulty: int = 0, discordant: int = 0, n: int = 15
) -> Audit:
    """An audit whose drawn reports are all judged: the first `faulty` and `discordant` of them as such."""
    audit = assigned_audit(department, [assessor], n=n)
    for place, review in enumerate(reviews_of(audit)):
        judge(review, faulty=place < faulty, conclusion=DIFFERS if place < discordant else AGREES)
    return audit


def draft_sheet(
    department: Department,
    *,
    by: User,
    assessor: User,
    states: dict[str, str] | None = None,
    **counts: Any,
) -> Sheet:
    """A draft over a judged audit with the section 1 rows set (all met, unless `states` differ)."""
    sheet = create_sheet(audit=judged_audit(department, assessor, **counts), by=by)
    for row, state in (ALL_MET | (states or {})).items():
        sheet = set_row(sheet, row=row, state=state, differs_reason=AGAINST, version=sheet.version, by=by)
    return sheet


def submitted_sheet(department: Department, *, by: User, assessor: User, **more: Any) -> Sheet:
    """A draft, submitted by its officer."""
    sheet = draft_sheet(department, by=by, assessor=assessor, **more)
    return submit_sheet(sheet, version=sheet.version, by=by)


def signed_sheet(department: Department, *, by: User, head: User, assessor: User, **more: Any) -> Sheet:
    """A submitted sheet, signed by the head."""
    sheet = submitted_sheet(department, by=by, assessor=assessor, **more)
    return sign_sheet(sheet, version=sheet.version, by=head)


def cast(department: Department) -> dict[str, User]:
    """Officer, head and assessor of a department."""
    return {
        "by": people.officer(department),
        "head": people.head(department),
        "assessor": people.assessor(department),
    }
