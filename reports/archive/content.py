"""Conversion between stored reports and the plain content that the domain compares."""

import hashlib
import hmac
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from reports.archive.models import CONTENT_FIELDS, Report
from reports.domain.moments import TIMES
from reports.domain.status import is_final_status
from reports.domain.systems import system_of_examination
from reports.domain.textcheck.identity import is_unnamed
from spreadsheets import is_placeholder
from staff.departments.models import Department

_PATTERNS = {"day": "%Y-%m-%d", "minute": "%Y-%m-%d %H:%M", "second": "%Y-%m-%d %H:%M:%S"}


def wall_time(value: datetime | None) -> datetime | None:
    """An aware time as Beijing wall time without zone, as exports write it."""
    return timezone.localtime(value).replace(tzinfo=None) if value else None


def time_text(moment: datetime | None, precision: str) -> str:
    """A time as exactly as it was given: a day alone stays a day."""
    if moment is None:
        return ""
    return timezone.localtime(moment).strftime(_PATTERNS.get(precision, "%Y-%m-%d %H:%M"))


def content_of(report: Report) -> dict[str, Any]:
    """The current content of a stored report as plain values, times as Beijing wall times."""
    values = {name: getattr(report, name) for name in CONTENT_FIELDS}
    return values | {name: wall_time(values[name]) for name in TIMES}


def content_of_incoming(row: Any) -> dict[str, Any]:
    """The content of an IncomingReport, shaped like `content_of`."""
    values = {name: getattr(row, name) for name in CONTENT_FIELDS if name != "extra"}
    return values | {"extra": dict(row.extra)}


def to_json(content: dict[str, Any]) -> dict[str, Any]:
    """Content as a Revision stores it: dates and times in ISO form, Beijing wall time."""
    return {k: v.isoformat() if hasattr(v, "isoformat") else v for k, v in content.items()}


def from_json(stored: dict[str, Any]) -> dict[str, Any]:
    """The inverse of `to_json`."""
    content = dict(stored)
    for name in TIMES:
        content[name] = parse_datetime(content[name]) if content.get(name) else None
    content["birth_on"] = parse_date(content["birth_on"]) if content.get("birth_on") else None
    return content


def fill(report: Report, content: dict[str, Any]) -> Report:
    """Set all content fields of a report, and the fields derived from them."""
    for name, value in content.items():
        if name in TIMES and value is not None:
            value = timezone.make_aware(value)
        setattr(report, name, value)
    report.patient_key = patient_key(report.department, content, report.accession_number)
    report.is_final = is_final_status(content.get("report_status"))
    report.is_signed = bool(signer(report.department, content)) and not _known_unsigned(content)
    if report.system_set_by_id is None:
        report.system = system_of_examination(
            content.get("examination_name") or "",
            content.get("body_part") or "",
            content.get("impression") or "",
        )
    return report


def signer(department: Department, content: dict[str, Any]) -> str:
    """签发医师 (D-10): as given; else the reviewer; else, in one-step reporting, the reporting physician."""
    given: str | None = content.get("signed_by")
    if given is not None:
        return given
    reviewer = content.get("reviewing_physician") or ""
    return reviewer or (content.get("reporting_physician") or "" if department.one_step_reporting else "")


def _known_unsigned(content: dict[str, Any]) -> bool:
    """The export has the signature columns and both are empty."""
    return content.get("signature_method") == "" and "signed_at" in content and content["signed_at"] is None


def patient_key(department: Department, content: dict[str, Any], accession_number: str) -> str:
    """A keyed token, the same for every report of one patient; it cannot be reversed without the key.

    Made of the patient id; without one of name, sex and birth date; without these each report has its own.
    Placeholders (无, 000; 无名氏) do not count as identity.
    """
    identity = (content.get("patient_id") or "").strip()
    name, born = content.get("patient_name"), content.get("birth_on")
    if is_placeholder(identity):
        is_named = born and not is_unnamed(name)
        identity = f"{name}|{content.get('sex')}|{born}" if is_named else f"accession|{accession_number}"
    message = f"{department.code}|{identity}".encode()
    return hmac.new(settings.QC_PATIENT_SECRET.encode(), message, hashlib.sha256).hexdigest()[:32]
