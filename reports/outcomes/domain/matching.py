"""Matching of outcomes to reports: by number, by patient and date, or left to a person.

Statuses: `accession` and `patient_and_date` are certain; `patient_only_unique` is a suggestion for a person;
`ambiguous`, `unmatched`, `conflict_*` are pending; `refused_*` is impossible. Nothing is matched by name.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from reports.domain.textcheck.identity import names_differ, numbers_differ
from spreadsheets import is_placeholder


class Given(Protocol):
    """The identity in an outcome row."""

    @property
    def accession_number(self) -> str | None: ...
    @property
    def patient_id(self) -> str | None: ...
    @property
    def patient_name(self) -> str | None: ...
    @property
    def examined_on(self) -> date | None: ...
    @property
    def observed_on(self) -> date: ...


@dataclass(frozen=True)
class Candidate:
    """A stored report as input of the rules; dates in Beijing time, empty text is "not known"."""

    accession_number: str
    patient_id: str = ""
    patient_name: str = ""
    examined_on: date | None = None
    reported_on: date | None = None


@dataclass(frozen=True)
class Match:
    """The result: status, the report if any, the candidates, and a sentence for a person."""

    status: str
    accession_number: str | None = None
    candidates: tuple[str, ...] = ()
    reason: str = ""


def match_outcome(incoming: Given, candidates: Iterable[Candidate]) -> Match:
    """Match one outcome to the reports of its number and of its patient."""
    ordered = sorted(candidates, key=lambda c: (c.examined_on or date.min, c.accession_number))
    has_number = not is_placeholder(incoming.accession_number or "")
    has_patient = not is_placeholder(incoming.patient_id or "")
    named = next((c for c in ordered if has_number and c.accession_number == incoming.accession_number), None)
    if named is not None:
        return _by_number(incoming, named)
    of_patient = [c for c in ordered if has_patient and c.patient_id == incoming.patient_id]
    if has_number:
        return _number_unknown(incoming, of_patient)
    if not has_patient:
        return Match("unmatched", reason="没有检查号和受检者ID，仅凭姓名不能确定是哪一份报告，请人工指定。")
    if not of_patient:
        return Match(
            "unmatched", reason=f"没有受检者ID“{incoming.patient_id}”的报告，请核对，或先导入该次检查的报告。"
        )
    other_name = _other_name(incoming, of_patient)
    if other_name:
        reason = f"受检者ID相同而姓名不同（登记为“{incoming.patient_name}”），请核对后人工指定。"
        return Match("conflict_patient", candidates=_numbers(of_patient), reason=reason)
    return _by_patient(incoming, of_patient)


def _by_number(incoming: Given, report: Candidate) -> Match:
    number = report.accession_number
    if numbers_differ(incoming.patient_id, report.patient_id):
        reason = f"检查号{number}的受检者ID与登记的不同，请核对后人工指定。"
        return Match("conflict_patient", number, (number,), reason)
    if names_differ(incoming.patient_name, report.patient_name):
        reason = f"检查号{number}的姓名与登记的不同，请核对后人工指定。"
        return Match("conflict_patient", number, (number,), reason)
    if incoming.examined_on and report.examined_on and incoming.examined_on != report.examined_on:
        given = f"检查号{number}的检查日期是{report.examined_on}，登记的是{incoming.examined_on}"
        reason = f"{given}，请核对后人工指定。"
        return Match("conflict_date", number, (number,), reason)
    return _before_exam(incoming, report) or Match("accession", number, (number,))


def _number_unknown(incoming: Given, of_patient: Sequence[Candidate]) -> Match:
    """An unknown number may be mistyped: the patient's reports become candidates."""
    reason = f"没有检查号为“{incoming.accession_number}”的报告，请核对检查号，或先导入该报告。"
    if not of_patient:
        return Match("unmatched", reason=reason)
    return Match(
        "conflict_accession",
        candidates=_numbers(of_patient),
        reason=f"{reason}同一受检者有其他检查，可人工指定。",
    )


def _by_patient(incoming: Given, reports: Sequence[Candidate]) -> Match:
    if incoming.examined_on:
        same_day = [c for c in reports if c.examined_on == incoming.examined_on]
        if len(same_day) == 1:
            found = same_day[0]
            return _before_exam(incoming, found) or Match(
                "patient_and_date", found.accession_number, _numbers(same_day)
            )
        if same_day:
            return Match(
                "ambiguous",
                candidates=_numbers(same_day),
                reason="同一受检者当日有多次检查，请指定是哪一次。",
            )
        reason = f"该受检者在{incoming.examined_on}没有检查，另有其他日期的检查，请核对后人工指定。"
        return Match("conflict_date", candidates=_numbers(reports), reason=reason)
    earlier = [c for c in reports if not c.examined_on or c.examined_on <= incoming.observed_on]
    if not earlier:
        return _before_exam(incoming, reports[0]) or Match(
            "unmatched", reason="没有可归入的报告，请人工指定。"
        )
    if len(earlier) == 1 == len(reports):
        reason = "没有检查号和检查日期；该受检者只有这一次检查，请确认。"
        return Match("patient_only_unique", earlier[0].accession_number, _numbers(earlier), reason)
    reason = "没有检查号和检查日期，同一受检者有多次检查，请指定是哪一次。"
    return Match("ambiguous", candidates=_numbers(earlier), reason=reason)


def _before_exam(incoming: Given, report: Candidate) -> Match | None:
    """An outcome dated before the examination cannot confirm it (D-19: dated after the examination)."""
    if report.examined_on is None or incoming.observed_on >= report.examined_on:
        return None
    reason = f"结局日期{incoming.observed_on}早于检查日期{report.examined_on}，不能用来评判该报告，请核对。"
    return Match("refused_before_exam", report.accession_number, (report.accession_number,), reason)


def _other_name(incoming: Given, reports: Iterable[Candidate]) -> bool:
    return any(names_differ(incoming.patient_name, c.patient_name) for c in reports)


def _numbers(reports: Iterable[Candidate]) -> tuple[str, ...]:
    return tuple(c.accession_number for c in reports)
