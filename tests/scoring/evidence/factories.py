"""A department whose section 1 is in order: documents, months, follow-ups, a conference, a group."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from audits.follow_up.actions.records import note_receipt
from exporting.uploads import Accepted, accept
from scoring.evidence.actions import DocumentValues, register_document
from scoring.evidence.models import EvidenceDocument
from staff.accounts.models import User
from staff.departments.models import Department
from staff.register.actions.memberships import record_memberships
from tests.audits.follow_up.factories import followed, make_conference, make_minutes
from tests.audits.monthly.factories import closed_month, open_measure
from tests.factories import make_outcome, make_report
from tests.scans import PDF
from tests.staff.factories import make_group, make_member

MONTHS = (date(2026, 7, 1), date(2026, 8, 1), date(2026, 9, 1))
WRITING = DocumentValues(
    title="报告书写规范",
    kinds=("writing_rules",),
    valid_from=date(2026, 1, 1),
    version_label="2026版",
    note="科发〔2026〕3号",
)
RULES = {
    "writing_rules": WRITING,
    "review_rules": replace(WRITING, title="报告审核制度", kinds=("review_rules",)),
    "follow_up_rules": replace(WRITING, title="随访与反馈制度", kinds=("follow_up_rules",)),
    "group_rules": replace(WRITING, title="专业组设置文件", kinds=("group_rules",)),
}


def scan(content: bytes = PDF, name: str = "制度.pdf") -> Accepted:
    return accept(SimpleUploadedFile(name, content))


def make_document(
    department: Department, values: DocumentValues = WRITING, *, by: User | None = None, **changes: Any
) -> EvidenceDocument:
    """A document of the register with its file, unless `file` says otherwise."""
    file = changes.pop("file", scan())
    return register_document(department, replace(values, **changes), by=by, file=file)


def whole_year_part(department: Department, by: User) -> dict[str, Any]:
    """Everything rows 1.1 to 1.5 ask for in 2026's third quarter, each by its name."""
    found: dict[str, Any] = {kind: make_document(department, given) for kind, given in RULES.items()}
    for month in MONTHS:
        found[f"month_{month.month}"] = closed_month(
            department, by, month=month, n=3, size=2, faulty=month.month == 8
        )
    found["measure"] = open_measure(found["month_8"], by)
    found["follow_up"] = complete_follow_up(department, by)
    found["conference"] = make_conference(department, [found["follow_up"].report], by=by)
    found["minutes"] = make_minutes(found["conference"])
    found["group"] = make_group(department, "骨关节")
    lead = make_member(department, "D31", "骨测一", kind="physician", title="主任医师", group=found["group"])
    found["group"].lead = lead
    found["group"].save()
    record_memberships([lead], since=date(2020, 1, 1))
    found["lead"] = lead
    return found


def complete_follow_up(department: Department, by: User, accession: str = "F0001") -> Any:
    """A report of the quarter with outcome, judgement, feedback and its receipt."""
    at = datetime(2026, 8, 20, 9)
    report = make_report(department, accession, examined_at=at, reported_at=at)
    make_outcome(report)
    row = followed(report, by=by, recipient=None)
    note_receipt(row.feedbacks.get(), note="纸质反馈单，本人签字。", by=by)
    return row
