"""4.3 a), b): may this person operate that kind of equipment on that day?

4.3 c) is for a person to judge, so it is not decided here. Monotonic: removing a record never makes anyone
qualified: a failed course does not cancel an earlier passed one.
"""

from datetime import date

from staff.register.domain.people import QUALIFIED, Answer, Person, Reason, Record
from staff.register.domain.rules import QualificationRules

TRAINING_MISSING = "4.3a/training-missing"
TRAINING_EXPIRED = "4.3a/training-expired"
EQUIPMENT = "4.3b/equipment-training"
UNKNOWN = "操作技师不在人员登记表中。"


def may_operate(
    person: Person | None, modality: str, on: date, *, rules: QualificationRules, binding: bool = True
) -> Answer:
    """The answer for one person, kind of equipment (DR, CT, MRI) and day; None: not in the register."""
    if person is None:
        found = [
            Reason(TRAINING_MISSING, "4.3 a)", UNKNOWN, "not_recorded"),
            Reason(EQUIPMENT, "4.3 b)", UNKNOWN, "not_recorded"),
        ]
    else:
        found = [*radiation_reasons(person, modality, on, rules), *equipment_reasons(person, modality, on)]
    return Answer(tuple(found), advisory=not binding) if found else QUALIFIED


def last_training(person: Person, on: date) -> Record | None:
    """The latest passed radiation-protection training of the health line, on or before the day."""
    counted = (r for r in person.of_type("radiation_training") if _counts(r) and _by(r, on))
    return max(counted, key=lambda r: r.issued_on or date.min, default=None)


def radiation_reasons(person: Person, modality: str, on: date, rules: QualificationRules) -> list[Reason]:
    """What is wrong with the radiation-protection training; empty when nothing is."""
    # D-20: who operates MRI only may be marked; operating anything else shows that the mark does not fit.
    if person.exempt_reason and modality == "MRI":
        return []
    last = last_training(person, on)
    if last is None or last.issued_on is None:
        return [_no_training(person, on)]
    end = rules.ends_on("radiation_training", last.issued_on, last.valid_until)
    if end is None or on <= end:
        return []
    sentence = f"末次合格的放射防护培训为{last.issued_on}，有效至{end}，检查日{on}已过期。"
    return [Reason(TRAINING_EXPIRED, "4.3 a)", sentence, "not_qualified")]


def _no_training(person: Person, on: date) -> Reason:
    records = person.of_type("radiation_training")
    if not records:
        sentence = "未登记放射防护培训。"
        return Reason(TRAINING_MISSING, "4.3 a)", sentence, "not_recorded")
    if later := [r.issued_on for r in records if _counts(r) and r.issued_on]:
        why = f"（首次合格培训为{min(later)}）"
    elif any(r.organiser == "ecology" and r.result != "failed" for r in records):
        why = "（仅有生态环境系统的辐射安全考核，不能代替）"
    elif all(r.result == "" for r in records):
        sentence = "登记的放射防护培训未注明考核结果。"
        return Reason(TRAINING_MISSING, "4.3 a)", sentence, "not_recorded")
    else:
        why = "（已登记的培训考核不合格）"
    return Reason(TRAINING_MISSING, "4.3 a)", f"检查日{on}前无合格的放射防护培训{why}。", "not_qualified")


def _counts(record: Record) -> bool:
    return record.result == "passed" and record.organiser != "ecology"


def _by(record: Record, on: date) -> bool:
    return record.issued_on is not None and record.issued_on <= on


def equipment_record(person: Person, modality: str, on: date) -> Record | None:
    """The first training on this kind of equipment, not failed, on or before the day."""
    training = (r for r in person.of_type("equipment_training") if r.modality == modality)
    return next((r for r in training if r.result != "failed" and _by(r, on)), None)


def equipment_reasons(person: Person, modality: str, on: date) -> list[Reason]:
    """What is wrong with the training on this kind of equipment; empty when nothing is."""
    records = [r for r in person.of_type("equipment_training") if r.modality == modality]
    if equipment_record(person, modality, on):
        return []
    later = [r.issued_on for r in records if r.result != "failed" and r.issued_on]
    if later:
        sentence = f"{modality}设备操作培训为{min(later)}，晚于检查日{on}。"
        return [Reason(EQUIPMENT, "4.3 b)", sentence, "not_qualified")]
    why = "考核不合格" if records else "未登记"
    sentence = f"{modality}设备操作培训{why}（检查日{on}）。"
    return [Reason(EQUIPMENT, "4.3 b)", sentence, "not_qualified" if records else "not_recorded")]
