"""A signed sheet with a canary patient in it, and approvals to unmask it, made by the pages' own actions."""

from datetime import date, timedelta

from django.utils import timezone

from audits.sampling.models import Case
from reports.archive.models import Report
from reports.outcomes.models import Outcome
from scoring.sheets.models import Sheet
from scoring.signing.actions import sign_sheet, submit_sheet
from scoring.unmasking.actions.requests import approve_unmasked, ask_unmasked
from staff.departments.models import Department
from tests.scoring.sheets.factories import draft_sheet

NAME, IDENTITY = "鹳雀儿", "11010519491231002X"
OTHER_NAME, OTHER_IDENTITY = "欧阳青禾", "ZY77X0912K"
TEXT = f"受检者{NAME}（鹳 雀 儿，{IDENTITY}）右肺结节，大小约1.2*0.8cm。"
REASON = "现场核对病历原件与报告是否一致"
FITS = "理由与检查通知一致，同意"


def canary_sheet(department: Department, *, officer, head, assessor) -> Sheet:
    """Signed, one fault and one discordant report; the first two cases are canaries' with known names."""
    sheet = draft_sheet(department, by=officer, assessor=assessor, faulty=1, discordant=1)
    cases = Case.objects.filter(audit=sheet.audit).select_related("revision").order_by("position")
    _name(cases[0], NAME, IDENTITY, TEXT)
    _name(cases[1], OTHER_NAME, OTHER_IDENTITY, f"{OTHER_NAME}复查。")
    sheet = submit_sheet(sheet, version=sheet.version, by=officer)
    return sign_sheet(sheet, version=sheet.version, by=head)


def _name(case: Case, name: str, identity: str, text: str) -> None:
    texts = dict.fromkeys(("findings", "impression", "clinical_diagnosis", "technique"), text)
    people = {"patient_name": name, "patient_id": identity}
    case.revision.content |= texts | people
    case.revision.save()
    Report.objects.filter(pk=case.report_id).update(**texts, **people)
    Outcome.objects.filter(report_id=case.report_id).update(text=text)


def asked(sheet: Sheet, *, by, inspector=None, institution="", reason=REASON):
    """A request that waits; to 示例区卫生健康委 where no inspector is named."""
    institution = institution or ("" if inspector else "示例区卫生健康委")
    return ask_unmasked(sheet, inspector=inspector, institution=institution, reason=reason, by=by)


def approved(sheet: Sheet, *, by, head, days: int = 7, **more):
    """A request that another person approved."""
    until = timezone.localdate() + timedelta(days=days)
    return approve_unmasked(asked(sheet, by=by, **more), until=until, reason=FITS, by=head)


def tomorrow() -> date:
    return timezone.localdate() + timedelta(days=1)
