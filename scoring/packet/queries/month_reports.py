"""The drawn reports of a month as a packet prints them, and the file that repeats the month's draw."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from audits.monthly.models import MonthlyAudit, MonthlyCase, MonthlyFault
from scoring.content import parts
from scoring.packet.queries.cases import Masks
from scoring.sheets.queries.stamps import stamp
from standards.edition import Edition


@dataclass(frozen=True)
class DrawFile:
    """A month's draw document as a file; it names nobody: patients and physicians are tokens."""

    name: str
    content: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    @property
    def size(self) -> int:
        return len(self.content)


def draw_file(month: date, draw: Mapping[str, Any]) -> DrawFile:
    """month-2026-01-draw.json; the same draw gives the same bytes."""
    text = json.dumps(draw, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n"
    return DrawFile(f"month-{month:%Y-%m}-draw.json", text.encode())


def draw_files(audits: Iterable[MonthlyAudit]) -> dict[int, DrawFile]:
    """The files of these months' draws; one query, because lists of months are read without them."""
    drawn = MonthlyAudit.objects.filter(pk__in=[audit.pk for audit in audits])
    rows = drawn.values_list("pk", "month", "draw")
    return {pk: draw_file(month, draw) for pk, month, draw in rows}


def title_of(edition: Edition, number: str) -> str:
    """The clause's title; "" for a number that the edition does not know."""
    clause = edition.clauses_by_number.get(number)
    return clause.title_zh if clause else ""


def drawn_cases(audits: Sequence[int]) -> dict[int, list[MonthlyCase]]:
    """The drawn reports of these months in order; one query."""
    found: dict[int, list[MonthlyCase]] = defaultdict(list)
    rows = MonthlyCase.objects.filter(audit__in=audits).select_related("report", "revision", "judged_by")
    light = rows.only(
        *("audit_id", "position", "system", "modality", "verdict", "remark", "judged_at", "judged_by"),
        *("report__accession_number", "report__patient_name", "report__patient_id"),
        *("report__examination_name", "revision__number"),
    )
    for case in light.order_by("audit_id", "position"):
        found[case.audit_id].append(case)
    return found


def month_reports(
    cases: Iterable[MonthlyCase],
    faults: Mapping[int, Sequence[MonthlyFault]],
    edition: Edition,
    masks: Masks,
) -> tuple[parts.MonthReport, ...]:
    """Each drawn report with its result; what an appeal removed is not among the faults."""
    return tuple(_report(case, faults.get(case.pk, ()), edition, masks) for case in cases)


def _report(
    case: MonthlyCase, faults: Sequence[MonthlyFault], edition: Edition, masks: Masks
) -> parts.MonthReport:
    return parts.MonthReport(
        position=case.position,
        accession_number=case.report.accession_number,
        system_zh=case.get_system_display(),
        modality=case.modality,
        examination_name=masks.text(case.report.examination_name or ""),
        revision_number=case.revision.number,
        assessor=str(case.judged_by or ""),
        judged_at=stamp(case.judged_at),
        verdict_zh=case.get_verdict_display(),
        remark=masks.text(case.remark),
        faults=tuple(
            parts.MonthFaultLine(
                fault.clause,
                title_of(edition, fault.clause),
                masks.text(fault.excerpt),
                masks.text(fault.reason),
            )
            for fault in faults
        ),
    )
