"""The values of a report as pages show them; identity is masked here unless a reason was given."""

from types import SimpleNamespace
from typing import Any

from exporting.masking import mask_id, mask_in_text, mask_name
from reports.archive.content import time_text
from reports.archive.models import CONTENT_FIELDS, Report

_FREE_TEXTS = ("clinical_diagnosis", "surgical_history", "technique", "findings", "impression")


def shown_report(report: Report, *, unmasked: bool = False) -> SimpleNamespace:
    """The report's fields for components/_report_a1.html; names and ids masked, inside free text too."""
    values: dict[str, Any] = {name: getattr(report, name) for name in CONTENT_FIELDS}
    values |= {
        "pk": report.pk,
        "accession_number": report.accession_number,
        "system": report.get_system_display(),
        "modality_words": report.get_modality_display(),
        "department": report.department,
        "is_signed": report.is_signed,
        "revision_number": report.revision_number,
        "source": report.source.name if report.source else "",
    }
    values["examined_at_text"] = time_text(report.examined_at, report.examined_at_precision)
    values["reported_at_text"] = time_text(report.reported_at, report.reported_at_precision)
    return SimpleNamespace(**(values if unmasked else masked(values)))


def masked(values: dict[str, Any]) -> dict[str, Any]:
    """Name and id masked; the patient's own name is masked wherever free text repeats it."""
    name, identity = values.get("patient_name") or "", values.get("patient_id") or ""
    hidden = {
        field: mask_in_text(values[field], name, (identity,)) for field in _FREE_TEXTS if values.get(field)
    }
    born = values.get("birth_on")
    return (
        values
        | hidden
        | {
            "patient_name": mask_name(name),
            "patient_id": mask_id(identity),
            "birth_on": f"{born.year}年" if born else None,
            "extra": {},
        }
    )
