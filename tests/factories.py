"""Rows made the short way: an ordinary, clean, signed report, and what differs is said by the test."""

import hashlib
from datetime import date, datetime, timedelta

from django.utils import timezone

from reports.archive.content import content_of, fill, to_json
from reports.archive.models import CONTENT_FIELDS, Report, Revision
from reports.domain.versions import content_hash
from reports.outcomes.models import Outcome
from staff.departments.models import Department

SYSTEMS = ("nervous", "respiratory", "digestive_urogenital", "skeletal", "circulatory")
MODALITIES = ("CT", "MRI", "DR")
FINDINGS = (
    "右肺上叶尖段见一类圆形结节，大小约1.2cm×1.0cm，与胸壁肌肉相比呈等密度，边界清楚。\n"
    "增强扫描明显均匀强化。"
)
IMPRESSION = "1、右肺上叶尖段结节，考虑良性可能性大。"


def content(**fields) -> dict:
    """Plain content of a whole report (Beijing wall times); `fields` replace values."""
    values = dict.fromkeys(CONTENT_FIELDS) | {
        "patient_name": "受检甲",
        "sex": "女",
        "age": "56岁",
        "requesting_department": "呼吸科",
        "clinical_diagnosis": "咳嗽待查",
        "examination_name": "胸部CT平扫+增强",
        "modality": "CT",
        "body_part": "胸部",
        "examined_at": datetime(2026, 10, 12, 9, 30),
        "examined_at_precision": "minute",
        "technique": "扫描范围：肺尖至肺底；平扫+增强",
        "findings": FINDINGS,
        "impression": IMPRESSION,
        "reporting_physician": "书写甲",
        "reviewing_physician": "审核乙",
        "operator": "技师丙",
        "reported_at": datetime(2026, 10, 12, 11, 0),
        "reported_at_precision": "minute",
        "institution_name": "示例医院",
        "extra": {},
    }
    unknown = set(fields) - set(values)
    assert not unknown, f"no such content fields: {sorted(unknown)}"
    return values | fields


def make_report(
    department: Department, accession: str = "A0001", *, system: str = "respiratory", **fields
) -> Report:
    """A final, signed report with its first revision; `fields` are content fields or row columns.

    `patient_id` defaults to one of the report's own: give the same one for two reports of one patient.
    """
    columns = {name: fields.pop(name) for name in ("is_final", "is_signed", "patient_key") if name in fields}
    values = content(**({"patient_id": f"P-{accession}"} | fields))
    report = Report(department=department, accession_number=accession, content_hash=content_hash(values))
    fill(report, values)
    for name, value in ({"system": system} | columns).items():
        setattr(report, name, value)
    report.save()
    _keep_version(report, values, [])
    return report


def make_revision(report: Report, **fields) -> Revision:
    """An amended version of `report` (4.5), which becomes its current one."""
    values = content_of(report) | fields
    system = report.system
    fill(report, values)
    report.system = system
    report.revision_number += 1
    report.content_hash = content_hash(values)
    report.save()
    return _keep_version(report, values, sorted(fields))


def _keep_version(report: Report, values: dict, changed: list[str]) -> Revision:
    return Revision.objects.create(
        report=report,
        number=report.revision_number,
        content=to_json(values),
        content_hash=report.content_hash,
        reported_at=report.reported_at,
        changed_fields=changed,
    )


def make_outcome(report: Report | None, *, text: str = "术后病理：肺错构瘤。", **fields) -> Outcome:
    """A surgical pathology of the report, five days after the examination, matched by its number."""
    number = report.accession_number if report else fields.get("given_accession", "")
    after = timezone.localdate(report.examined_at) + timedelta(5) if report else date(2026, 10, 17)
    values = {
        "department": report.department if report else None,
        "report": report,
        "match": Outcome.Match.ACCESSION if report else Outcome.Match.UNMATCHED,
        "kind": Outcome.Kind.SURGICAL_PATHOLOGY,
        "observed_on": after,
        "text": text,
        "given_accession": number,
    } | fields
    identity = f"{number}|{values['observed_on']}|{values['kind']}|{text}"
    values.setdefault("identity_hash", hashlib.sha256(identity.encode()).hexdigest())
    return Outcome.objects.create(**values)


def pool_of(
    department: Department, n: int = 15, *, first_day: date = date(2026, 9, 7), **fields
) -> list[Report]:
    """`n` eligible reports, one a patient, going round the five systems and the three modalities.

    The report days run from `first_day` on; each has one outcome. `fields` go into every report.
    """
    reports = []
    for i in range(n):
        at = datetime.combine(first_day, datetime.min.time()) + timedelta(days=i % 60, hours=9)
        values = {
            "modality": MODALITIES[i % 3],
            "examined_at": at,
            "reported_at": at + timedelta(hours=2),
            "reporting_physician": f"书写{'甲丙丁戊己庚'[i % 6]}",
        } | fields
        report = make_report(department, f"A{i + 1:04d}", system=SYSTEMS[i % 5], **values)
        make_outcome(report)
        reports.append(report)
    return reports
