"""One cell of the matrix: a person's status for one kind of qualification on a day, and its end."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from staff.register.domain.operating import equipment_reasons, last_training, radiation_reasons
from staff.register.domain.people import Person, Reason
from staff.register.domain.rules import QualificationRules, QualificationType, days_left
from staff.register.domain.signing import certificate_reasons, in_force, licence_reasons, residency_reasons

State = Literal["valid", "expiring", "expired", "missing", "faulty", "not_applicable", "not_needed"]

STATE_LABELS: dict[State, str] = {
    "valid": "有效",
    "expiring": "将到期",
    "expired": "已过期",
    "missing": "未登记",
    "faulty": "不符合",
    "not_applicable": "不适用",
    "not_needed": "不要求",
}


@dataclass(frozen=True)
class QualificationStatus:
    """`ends_on`: the last valid day, None without one; `warning`: the smallest warning term it is in."""

    type: str
    state: State
    sentence: str = ""
    ends_on: date | None = None
    warning: int | None = None


def statuses_of(person: Person, on: date, rules: QualificationRules) -> tuple[QualificationStatus, ...]:
    """The person's row of the matrix, one cell for each kind of qualification, in the data's order."""
    return tuple(status_of(person, kind, on, rules) for kind in rules.types)


def status_of(
    person: Person, kind: QualificationType, on: date, rules: QualificationRules
) -> QualificationStatus:
    """A person's status for one kind; kinds that no clause requires appear only when recorded."""
    asked = kind.required and person.kind in kind.kinds
    if not asked and not person.of_type(kind.code):
        return QualificationStatus(kind.code, "not_needed")
    if kind.code == "radiation_training" and _exempt(person):
        return QualificationStatus(kind.code, "not_applicable", person.exempt_reason)
    reasons, end = _reasons(person, kind, on, rules), _end(person, kind, on, rules)
    if reasons:
        sentence = "".join(reason.sentence for reason in reasons)
        return QualificationStatus(kind.code, _failing_state(reasons, end, on), sentence, end)
    if end is None:
        return QualificationStatus(kind.code, "valid")
    left = days_left(end, on)
    warning = min((days for days in rules.warning_days if left <= days), default=None)
    sentence = f"有效至{end}" + (f"，还有{left}天" if warning is not None else "")
    return QualificationStatus(kind.code, "valid" if warning is None else "expiring", sentence, end, warning)


def _exempt(person: Person) -> bool:
    """The exemption applies only to people who operate MRI alone (D-20)."""
    return bool(person.exempt_reason) and set(person.modalities) <= {"MRI"}


def _failing_state(reasons: list[Reason], end: date | None, on: date) -> State:
    if end is not None and end < on:
        return "expired"
    return "missing" if all(reason.why == "not_recorded" for reason in reasons) else "faulty"


def _reasons(person: Person, kind: QualificationType, on: date, rules: QualificationRules) -> list[Reason]:
    if kind.code == "physician_certificate":
        return certificate_reasons(person, on)
    if kind.code == "practice_licence":
        return licence_reasons(person, on, rules)
    if kind.code == "residency_stage_one":
        return residency_reasons(person, on)
    if kind.code == "radiation_training":
        return radiation_reasons(person, "", on, rules)
    if kind.per_modality:
        return _on_each(person, on)
    return _plain_record(person, kind, on)


def _on_each(person: Person, on: date) -> list[Reason]:
    """Training on each kind of equipment the person is registered for; on any at all when none is named."""
    if not person.modalities:
        named = {record.modality for record in person.of_type("equipment_training")}
        if not named:
            return [Reason("", "4.3 b)", "未登记设备操作培训。", "not_recorded")]
    else:
        named = set(person.modalities)
    return [reason for modality in sorted(named) for reason in equipment_reasons(person, modality, on)]


def _plain_record(person: Person, kind: QualificationType, on: date) -> list[Reason]:
    records = person.of_type(kind.code)
    if any(in_force(record, on) for record in records):
        return []
    if not records:
        return [Reason("", kind.clause, f"未登记{kind.name_zh}。", "not_recorded")]
    ended = [r.valid_until for r in records if r.valid_until and r.valid_until < on]
    sentence = f"{kind.name_zh}有效至{max(ended)}，已过期。" if ended else f"{kind.name_zh}当日无效。"
    return [Reason("", kind.clause, sentence, "not_qualified")]


def _end(person: Person, kind: QualificationType, on: date, rules: QualificationRules) -> date | None:
    if kind.code == "radiation_training":
        last = last_training(person, on)
        return rules.ends_on(kind.code, last.issued_on) if last and last.issued_on else None
    holding = [record for record in person.of_type(kind.code) if record.result != "failed"]
    if not holding or any(record.valid_until is None for record in holding):
        return None
    return max(record.valid_until for record in holding if record.valid_until)
