"""One judged report as a packet prints it: the frozen revision, its outcomes and rulings; identity masked."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import prefetch_related_objects

from audits.judging.domain.appeals import AppealDecision
from audits.judging.domain.concordance import Characterisation, ErrorKind, Localisation
from audits.judging.models import Review
from audits.judging.queries.appeals import deciding_appeal, struck_by
from audits.judging.queries.readings import FaultRuling
from audits.judging.queries.readings import Reading as ReaderRuling
from audits.judging.queries.results import AuditResults, CaseResult, ReplacedCase
from exporting.masking import mask_in_text, mask_name
from reports.archive.content import from_json, signer
from reports.outcomes.models import Outcome
from scoring.content import parts
from scoring.sheets.queries.stamps import stamp
from staff.departments.models import Department
from standards.edition import Edition

_PATTERNS = {"day": "%Y-%m-%d", "second": "%Y-%m-%d %H:%M:%S"}
_MARKED = ("clinical_diagnosis", "technique", "findings", "impression")


@dataclass(frozen=True)
class Mask:
    """The patient's own name and id, struck out wherever a text repeats them."""

    name: str
    identity: str

    @classmethod
    def of(cls, content: dict[str, Any]) -> "Mask":
        return cls(content.get("patient_name") or "", content.get("patient_id") or "")

    @property
    def shown(self) -> str:
        """The patient's name as it is printed."""
        return mask_name(self.name)

    def text(self, given: str | None) -> str:
        return mask_in_text(given, self.name, (self.identity,))

    def outcome(self, outcome: Outcome) -> str:
        """Its text, struck of the patient it was given for as well."""
        text = self.text(outcome.text)
        return mask_in_text(text, outcome.given_patient_name, (outcome.given_patient_id,))

    def joined(self, given: Iterable[str]) -> str:
        return self.text("；".join(part.rstrip("。；") for part in given if part))


@dataclass(frozen=True)
class Lifted(Mask):
    """No mask: only for a packet that was approved unmasked (unmasking.queries.document)."""

    @property
    def shown(self) -> str:
        return self.name.strip()

    def text(self, given: str | None) -> str:
        return given or ""

    def outcome(self, outcome: Outcome) -> str:
        return outcome.text


@dataclass(frozen=True)
class Masks:
    """All patients of the sample: persons write of any of them in reasons, remarks and notes."""

    masks: tuple[Mask, ...]

    @classmethod
    def of(cls, results: AuditResults) -> "Masks":
        gone = (found.case.report for found in results.replaced)
        return cls(
            tuple(Mask.of(case.content) for case in results.cases)
            + tuple(Mask(report.patient_name or "", report.patient_id or "") for report in gone)
        )

    def text(self, given: str) -> str:
        for mask in self.masks if given else ():
            given = mask.text(given)
        return given


def case_part(
    case: CaseResult, edition: Edition, department: Department, mask_type: type[Mask] = Mask
) -> parts.Case:
    """A drawn report with everything that was ruled on it."""
    mask = mask_type.of(case.content)
    return parts.Case(
        position=case.position,
        system=case.system,
        system_zh=case.case.get_system_display(),
        modality=case.modality,
        revision_number=case.revision_number,
        report=_report(case, mask, department),
        outcomes=tuple(_outcome(outcome, mask) for outcome in case.outcomes),
        description=_description(case, mask, edition),
        conclusion=_conclusion(case, mask),
        assessors=tuple(_assessor(reading, mask) for reading in case.readings),
        appeals=tuple(_appeal(word, mask) for word in case.appeals),
    )


def remember_sources(cases: Iterable[CaseResult]) -> None:
    """Read where the outcomes of all cases came from and who confirmed them: two queries."""
    outcomes = [outcome for case in cases for outcome in case.outcomes]
    prefetch_related_objects(outcomes, "batch", "settled_by")


def replaced_part(case: ReplacedCase, masks: Masks) -> parts.ReplacedCase:
    """A drawn report that left the sample."""
    return parts.ReplacedCase(
        position=case.position,
        accession_number=case.accession_number,
        successor=case.successor,
        reason=masks.text(case.reason),
        replaced_by=case.replaced_by,
        replaced_at=stamp(case.replaced_at),
    )


def _report(case: CaseResult, mask: Mask, department: Department) -> parts.ReportText:
    stored = case.content
    content = from_json(stored)
    title = stored.get("report_title") or f"{stored.get('institution_name') or ''}放射影像检查报告"
    return parts.ReportText(
        title=mask.text(title),
        accession_number=case.report.accession_number,
        patient_name=mask.shown,
        sex=stored.get("sex") or "",
        age=stored.get("age") or "",
        requesting_department=stored.get("requesting_department") or "",
        clinical_diagnosis=mask.text(stored.get("clinical_diagnosis")),
        examination_name=mask.text(stored.get("examination_name")),
        examined_at=_wall(content.get("examined_at"), stored.get("examined_at_precision") or ""),
        technique=mask.text(stored.get("technique")),
        findings=mask.text(stored.get("findings")),
        impression=mask.text(stored.get("impression")),
        reporting_physician=stored.get("reporting_physician") or "",
        reviewing_physician=stored.get("reviewing_physician") or "",
        signed_by=signer(department, stored) or "",
        reported_at=_wall(content.get("reported_at"), stored.get("reported_at_precision") or ""),
    )


def _wall(moment: datetime | None, precision: str) -> str:
    """A Beijing wall time as exactly as it was given: a day alone stays a day."""
    return moment.strftime(_PATTERNS.get(precision, "%Y-%m-%d %H:%M")) if moment else ""


def _outcome(outcome: Outcome, mask: Mask) -> parts.OutcomeFact:
    return parts.OutcomeFact(
        kind=outcome.get_kind_display(),
        observed_on=str(outcome.observed_on),
        text=mask.outcome(outcome),
        recorded_by=outcome.recorded_by or "",
        number=outcome.pk,
        source=mask.text(f"导入 {outcome.batch.file_name}") if outcome.batch else "手工录入",
        entered_at=stamp(outcome.created_at),
        match_zh=str(Outcome.Match(outcome.match).label),
        confirmed_by=str(outcome.settled_by or ""),
        confirmed_at=stamp(outcome.settled_at),
    )


def deciding_readings(case: CaseResult) -> tuple[ReaderRuling, ...]:
    """The readers whose description ruling decides: all, or the arbiter alone where they disagreed."""
    readers = tuple(r for r in case.readings if not r.is_arbiter)
    arbiter = tuple(r for r in case.readings if r.is_arbiter and r.faulty is not None)
    return arbiter if arbiter and len({r.faulty for r in readers}) > 1 else readers


def _description(case: CaseResult, mask: Mask, edition: Edition) -> parts.DescriptionRuling:
    faulty = case.description.faulty
    deciding = deciding_readings(case) if faulty is not None else ()
    # A counting fault of a report that settled as 规范 lost the vote: it must not be printed as one.
    struck = struck_by(case.appeals)
    faults = dict.fromkeys(
        f for r in deciding for f in r.faults if f.pk not in struck and (faulty or not f.counts)
    )
    return parts.DescriptionRuling(
        faulty=faulty,
        zh=case.description.state.zh if faulty is None else "不规范" if faulty else "规范",
        reason=mask.joined(dict.fromkeys(r.description_reason for r in deciding)) if not struck else "",
        faults=tuple(_fault(fault, case.content, mask, edition) for fault in faults),
    )


def _fault(fault: FaultRuling, content: dict[str, Any], mask: Mask, edition: Edition) -> parts.FaultMark:
    clause = edition.clauses_by_number.get(fault.clause)
    start, end = _place(fault, content, mask)
    return parts.FaultMark(
        clause=fault.clause,
        title=clause.title_zh if clause else "",
        field=fault.field,
        start=start,
        end=end,
        excerpt=mask.text(fault.excerpt),
        reason=mask.text(fault.reason),
        by=fault.by,
        counts=fault.counts,
    )


def _place(fault: FaultRuling, content: dict[str, Any], mask: Mask) -> tuple[int | None, int | None]:
    """The place in the masked text. Masking may shorten the text before it; a place that overlaps
    a masked name is dropped rather than shown shifted."""
    if fault.start is None or fault.end is None or fault.field not in _MARKED:
        return None, None
    text = content.get(fault.field) or ""
    start = len(mask.text(text[: fault.start]))
    marked = mask.text(text[fault.start : fault.end])
    if mask.text(text)[start : start + len(marked)] != marked or not marked:
        return None, None
    return start, start + len(marked)


def _conclusion(case: CaseResult, mask: Mask) -> parts.ConclusionRuling:
    settled = case.concordance
    appeal = deciding_appeal(case.appeals)
    judgements = [appeal.ruling] if appeal else [r.concordance for r in case.readings]
    rulings = [ruling for ruling in judgements if ruling and settled.judgement]
    decisive = [r for r in rulings if r.judgement == settled.judgement]
    word = settled.judgement.zh if settled.judgement else settled.state.zh
    return parts.ConclusionRuling(
        judgement=settled.judgement or "",
        judgement_zh=word,
        localisation_zh=_words(Localisation(r.localisation).zh for r in decisive),
        characterisation_zh=_words(Characterisation(r.characterisation).zh for r in decisive),
        error_kind_zh=_words(kind.zh for kind in settled.error_kinds if kind is not ErrorKind.NONE),
        discordant=settled.discordant,
        reason=mask.joined(case.reasons),
    )


def _words(given: Iterable[str]) -> str:
    return "、".join(dict.fromkeys(given))


def _appeal(word: AppealDecision, mask: Mask) -> parts.AppealLine:
    return parts.AppealLine(
        number=word.pk,
        subject_zh=word.subject.zh,
        appealed_at=stamp(word.appealed_at),
        reason=mask.text(word.reason),
        state=word.state.value,
        state_zh=word.state.zh,
        assessor=word.assessor,
        decided_at=stamp(word.decided_at),
        decision=mask.text(word.decision_reason),
        change=word.change,
    )


def _assessor(reading: ReaderRuling, mask: Mask) -> parts.AssessorLine:
    notes = []
    if reading.reopened_reason:
        notes.append(f"结局揭示后重评描述：{reading.reopened_reason}")
    if reading.concordance and reading.concordance.stage_differs:
        notes.append("分期与结局不同（只作备注）")
    ruled = reading.concordance
    judged = ruled.judgement.zh if ruled else "未评"
    return parts.AssessorLine(
        reader_zh=reading.reader_zh,
        assessor=reading.assessor,
        description_zh=str(Review.Description(reading.description).label),
        description_at=stamp(reading.description_at),
        outcome_seen_at=stamp(reading.outcome_seen_at),
        judgement_zh=judged,
        conclusion_at=stamp(reading.conclusion_at),
        note=mask.joined(notes),
        localisation_zh=ruled.localisation.zh if ruled else "",
        characterisation_zh=ruled.characterisation.zh if ruled else "",
        error_kind_zh=ruled.error_kind.zh if ruled else "",
        description_reason=mask.text(reading.description_reason),
        conclusion_reason=mask.text(reading.conclusion_reason),
        faults=tuple(mask.text(f"{fault.clause}　{fault.reason}") for fault in reading.faults),
    )
