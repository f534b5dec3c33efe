"""Findings as pages show them: in the order of the text, masked, with the texts of their rule."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from exporting.masking import mask_id, mask_name
from reports.archive.models import Report
from reports.domain.segments import Place, Segment, cut
from reports.domain.textcheck.accounts import as_rows
from reports.domain.textcheck.report import CheckedReport
from reports.findings.models import Finding
from reports.findings.rule_texts import KIND_OF as KIND_OF
from reports.findings.rule_texts import TAG_OF as TAG_OF
from reports.findings.rule_texts import advice_of, field_zh, rule_cards, title_of

STATE_TAG = {"open": "open", "confirmed": "fail", "dismissed": "pass"}
MARKED = ("technique", "findings", "impression", "examination_name", "clinical_diagnosis")
_IDENTITY = {"patient_name": mask_name, "patient_id": mask_id}
MOST_NOTES = 200  # a text of punctuation only gives thousands: nobody reads them one by one
_QUOTED = re.compile("“([^”]*)”")
_DAY = re.compile(r"(\d{4})-\d\d-\d\d")


@dataclass(frozen=True)
class Note:
    """A margin note: one finding beside the report."""

    pk: int
    number: int
    code: str
    clause: str
    title: str
    advice: str
    field: str
    field_zh: str
    start: int
    end: int
    excerpt: str
    message: str
    severity: str
    severity_zh: str
    said_zh: str
    state: str
    state_zh: str
    version: int
    ruled_by: str
    ruled_at: datetime | None
    is_settled: bool
    reason: str
    is_rule: bool

    @property
    def kind(self) -> str:
        """Style class of the margin note: hard, soft or advice."""
        return KIND_OF[self.severity]

    @property
    def pen(self) -> str:
        """Style class of the highlight: that of the note, "off" once dismissed."""
        return "off" if self.state == "dismissed" else self.kind

    @property
    def tag(self) -> str:
        return TAG_OF[self.severity]

    @property
    def state_tag(self) -> str:
        return STATE_TAG[self.state]

    @property
    def is_absent(self) -> bool:
        """Does the finding report something missing, so that there is no text to highlight?"""
        return self.start == self.end

    @property
    def softened(self) -> bool:
        """Was the rule demoted to notes because of too many dismissals?"""
        return self.severity_zh != self.said_zh


def shown_excerpt(finding: Finding) -> str:
    """The masked excerpt, of the same length; in identity fields one-character names are masked too."""
    mask = _IDENTITY.get(finding.field)
    return mask(finding.excerpt) if mask else finding.shown_excerpt


def shown_message(finding: Finding) -> str:
    """The masked message. In identity fields all quotes are masked: they may name another patient (6.2.1)."""
    message, mask = finding.shown_message, _IDENTITY.get(finding.field)
    if mask:
        return _QUOTED.sub(lambda quoted: f"“{mask(quoted[1])}”", message)
    return _DAY.sub(r"\1年", message) if finding.field == "age" else message


def note_of(finding: Finding, number: int = 0) -> Note:
    """The margin note of a finding, which must be loaded with its report and `ruled_by`."""
    return Note(
        pk=finding.pk,
        number=number,
        code=finding.code,
        clause=finding.clause,
        title=title_of(finding.code),
        advice=advice_of(finding.code),
        field=finding.field,
        field_zh=field_zh(finding.field),
        start=finding.start,
        end=finding.end,
        excerpt=shown_excerpt(finding),
        message=shown_message(finding),
        severity=finding.severity,
        severity_zh=Finding.Severity(finding.severity).label,
        said_zh=Finding.Severity(finding.said_severity).label,
        state=finding.state,
        state_zh=Finding.State(finding.state).label,
        version=finding.version,
        ruled_by=finding.ruled_by.full_name if finding.ruled_by else "",
        ruled_at=finding.ruled_at,
        is_settled=finding.ruling_is_final,
        reason=finding.report.masked(finding.ruling_reason),
        is_rule=finding.code in rule_cards(),
    )


@dataclass(frozen=True)
class Margin:
    """The margin of a report: notes in the order of the text, and the text cut into highlighted segments."""

    notes: tuple[Note, ...]
    marks: Mapping[str, tuple[Segment, ...]]
    flags: Mapping[str, tuple[Note, ...]]
    more: int = 0

    @property
    def open(self) -> int:
        """Number of open notes."""
        return sum(1 for note in self.notes if note.state == "open")

    @property
    def counts(self) -> tuple[tuple[str, str, int], ...]:
        """(tag, label, count) by severity, without dismissed ones."""
        counts = dict.fromkeys(TAG_OF, 0)
        for note in self.notes:
            counts[note.severity] += note.state != "dismissed"
        return tuple((TAG_OF[code], str(Finding.Severity(code).label), n) for code, n in counts.items() if n)


def margin_of(report: Report, shown: SimpleNamespace) -> Margin:
    """Build the margin with one query. `shown`: the masked texts of the page, as long as the stored ones."""
    rows = report.text_findings.filter(is_current=True).select_related("ruled_by")
    found = sorted(rows, key=lambda finding: finding.place)
    for finding in found:
        finding.report = report
    notes = tuple(note_of(finding, n) for n, finding in enumerate(found[:MOST_NOTES], start=1))
    return Margin(notes, _marks(notes, shown), _flags(notes), len(found) - len(notes))


def _marks(notes: Sequence[Note], shown: SimpleNamespace) -> dict[str, tuple[Segment, ...]]:
    texts = {field: getattr(shown, field, None) or "" for field in MARKED}
    pointed = {
        field: [_place(note) for note in notes if note.field == field and not note.is_absent]
        for field, text in texts.items()
        if text
    }
    return {field: cut(texts[field], places) for field, places in pointed.items() if places}


def _place(note: Note) -> Place:
    title = f"{note.clause} {note.title}（{note.severity_zh}）"
    return Place(note.start, note.end, note.pen, title, str(note.pk), str(note.number))


def _flags(notes: Iterable[Note]) -> dict[str, tuple[Note, ...]]:
    """The notes without highlighted text, by the element of Table A.1 they concern."""
    found: dict[str, list[Note]] = {}
    for note in notes:
        if note.is_absent or note.field not in MARKED:
            found.setdefault(note.field, []).append(note)
    return {field: tuple(flagged) for field, flagged in found.items()}


@dataclass(frozen=True, slots=True)
class StatementRow:
    """One statement as the page shows it."""

    field_zh: str
    place: str
    word: str
    family: str
    polarity_zh: str
    account: str


_FIELD_ZH = {"findings": "影像描述", "impression": "诊断结论"}
_POLARITY_ZH = {
    "present": "有",
    "absent": "否定",
    "normal": "正常",
    "uncertain": "不确定",
    "resolved": "已消失",
    "prior": "既往或术后",
}


def statement_rows(report: CheckedReport) -> tuple[StatementRow, ...]:
    """What the rules read of a report, statement by statement."""
    return tuple(map(_statement_row, as_rows(report)))


def _statement_row(row: dict[str, Any]) -> StatementRow:
    levels = [level.partition(":")[2] for level in row["levels"]]
    sizes = ["×".join(f"{value:g}" for value in size) + "mm" for size in row["sizes_mm"]]
    told = (row["count"], *sizes, row["degree"], row["enhancement"], row["comparison"])
    named = dict.fromkeys((row["side"], row["structure"], row["part"], *levels))
    return StatementRow(
        field_zh=_FIELD_ZH[row["field"]],
        place=" ".join(filter(None, named)),
        word=row["word"],
        family=row["family"],
        polarity_zh=_POLARITY_ZH[row["polarity"]],
        account="，".join(dict.fromkeys(filter(None, told))),
    )
