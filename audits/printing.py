"""Shared by printed records: the A4 document with its hash, days, and the masked patient."""

import hashlib
import json
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING

from django.template.loader import render_to_string
from django.utils import timezone

from exporting.masking import mask_name
from exporting.pdf import html_to_pdf, missing_glyphs, missing_sentence, printable
from reports.archive.models import Report

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


def patient_text(report: Report) -> str:
    """Masked name, sex and age, as far as known."""
    return "，".join(part for part in (mask_name(report.patient_name), report.sex, report.age) if part)


def day_text(moment: datetime | None) -> str:
    """The local day, `2026-03-01`; empty when there is none."""
    return f"{timezone.localtime(moment):%Y-%m-%d}" if moment else ""


def moment_text(moment: datetime) -> str:
    """The local moment in ISO 8601, to the second."""
    return timezone.localtime(moment).isoformat(timespec="seconds")


def render_document(template: str, document: "DataclassInstance") -> bytes:
    """The PDF; the same document gives the same bytes."""
    canonical = json.dumps(asdict(document), ensure_ascii=False, sort_keys=True)
    digest = hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()
    context = {
        "document": document,
        "hash": digest,
        "missing": missing_sentence(missing_glyphs(canonical)),
    }
    return html_to_pdf(printable(render_to_string(template, context)), identifier=digest, tagged=True)
