"""The old and the new values of a correcting import side by side, identity masked."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from exporting.masking import mask_id, mask_in_text, mask_name
from reports.archive.models import Report
from reports.archive.uses import ReportUse, uses_of
from reports.browsing.page import LABELS
from reports.domain.moments import TIMES
from reports.fields import Modality
from reports.imports.models import ImportBatch

LONGEST = 200  # characters of a text that are shown
_IDENTITY: dict[str, Callable[[str], str]] = {
    "patient_name": mask_name,
    "patient_id": mask_id,
    "birth_on": lambda day: f"{day[:4]}年",
}


@dataclass(frozen=True)
class FieldLine:
    """A field, its stored value and the one of the new mapping; `is_left` when it is not corrected."""

    label: str
    old: str
    new: str
    is_left: bool


@dataclass(frozen=True)
class ReportLine:
    """A report of the comparison: its fields, and the drawn cases that it is in."""

    pk: int
    accession_number: str
    fields: tuple[FieldLine, ...]
    uses: tuple[ReportUse, ...]


@dataclass(frozen=True)
class Comparison:
    """What a correcting import changes (tried out) or changed (done).

    `withheld`: how many reports are left out because the reader has still to judge them.
    """

    counts: tuple[tuple[str, int], ...]
    reports: tuple[ReportLine, ...]
    left: tuple[ReportLine, ...]
    used: tuple[tuple[str, int, ReportUse], ...]
    withheld: int


def comparison_page(batch: ImportBatch, *, hidden: Collection[int]) -> Comparison:
    """The stored comparison of a batch, without the reports `hidden` from the reader."""
    found = batch.comparison
    shown, left, used = (found.get(name, []) for name in ("shown", "left", "used"))
    lines = [line for line in (*shown, *left) if line["report"] not in hidden]
    uses: dict[int, list[ReportUse]] = {}
    for use in uses_of([pk for pk in {*used, *(line["report"] for line in lines)} if pk not in hidden]):
        uses.setdefault(use.report_id, []).append(use)
    reports = Report.objects.in_bulk({*uses, *(line["report"] for line in lines)})
    return Comparison(
        counts=tuple((LABELS.get(name, name), count) for name, count in found.get("fields", {}).items()),
        reports=tuple(_lines(shown, reports, uses)),
        left=tuple(_lines(left, reports, uses)),
        used=tuple(
            (reports[pk].accession_number, pk, use)
            for pk in used
            if pk in reports
            for use in uses.get(pk, ())
        ),
        withheld=len(set(hidden) & {*used, *(line["report"] for line in (*shown, *left))}),
    )


def _lines(
    lines: Iterable[Mapping[str, Any]], reports: Mapping[int, Report], uses: Mapping[int, list[ReportUse]]
) -> Iterable[ReportLine]:
    for line in lines:
        if report := reports.get(line["report"]):
            fields = tuple(_fields(line, _Masked(line, report)))
            yield ReportLine(report.pk, report.accession_number, fields, tuple(uses.get(report.pk, ())))


def _fields(line: Mapping[str, Any], masked: "_Masked") -> Iterable[FieldLine]:
    for part in ("changed", "left"):
        for name, *values in line[part]:
            old, new = (masked.text(name, value) for value in values)
            yield FieldLine(LABELS.get(name, name), old, new, is_left=part == "left")


class _Masked:
    """Values of a line, masked for the page: under a wrong mapping any field may contain a name."""

    def __init__(self, line: Mapping[str, Any], report: Report) -> None:
        given = {name: values for part in ("changed", "left") for name, *values in line[part]}
        self.names = {report.patient_name, *given.get("patient_name", ())}
        self.ids = {report.patient_id, *given.get("patient_id", ())}

    def text(self, name: str, value: Any) -> str:
        if value in (None, ""):
            return "（空）"
        text = str(value)
        if name in _IDENTITY:
            return _IDENTITY[name](text)
        if name in TIMES:
            return text.replace("T", " ")
        if name == "modality":
            return str(Modality(text).label)
        for patient in self.names:
            text = mask_in_text(text, patient, self.ids)
        return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
