"""4.4: may this person sign reports on that day?

A licence of the own specialty and stage one of the residency training, or what is deemed to be that. Taking
a record away never makes anyone qualified: each rule only looks for one record that suffices.
"""

import re
import unicodedata
from datetime import date

from staff.register.domain.people import QUALIFIED, Answer, Person, Reason, Record, Why
from staff.register.domain.rules import QualificationRules

CLAUSE = "4.4"
LICENCE = "4.4/licence-missing"
RESIDENCY = "4.4/residency-stage-one"

_BETWEEN_SCOPES = re.compile(r"[、,;/|\n]+|\s{1,}")


def may_sign(person: Person | None, on: date, *, rules: QualificationRules, binding: bool = True) -> Answer:
    """The answer for one person and day; None is somebody the register does not know.

    `binding` is false below the secondary level: 4.4 then only advises (参照执行).
    """
    if person is None:
        found: list[Reason] = [_licence("签发医师不在人员登记表中。", "not_recorded")]
    else:
        found = [
            *certificate_reasons(person, on),
            *licence_reasons(person, on, rules),
            *residency_reasons(person, on),
        ]
    return Answer(tuple(found), advisory=not binding) if found else QUALIFIED


def _licence(sentence: str, why: Why) -> Reason:
    return Reason(LICENCE, CLAUSE, sentence, why)


def certificate_reasons(person: Person, on: date) -> list[Reason]:
    """What is wrong with the 医师资格证书; empty when nothing is."""
    records = [r for r in person.of_type("physician_certificate") if r.number]
    if not records:
        return [_licence("未登记医师资格证书编号。", "not_recorded")]
    if not any(in_force(record, on) for record in records):
        return [_licence(f"医师资格证书{_out_of_force(records[0], on)}。", "not_qualified")]
    return []


def licence_reasons(person: Person, on: date, rules: QualificationRules) -> list[Reason]:
    """What is wrong with the 医师执业证书 and its scope; empty when nothing is."""
    records = [r for r in person.of_type("practice_licence") if r.number]
    if not records:
        return [_licence("未登记医师执业证书编号。", "not_recorded")]
    fitting = [r for r in records if in_specialty(r.practice_scope, rules)]
    if any(in_force(record, on) for record in fitting):
        return []
    if fitting:
        return [_licence(f"医师执业证书{_out_of_force(fitting[0], on)}。", "not_qualified")]
    scopes = "、".join(dict.fromkeys(r.practice_scope for r in records if r.practice_scope))
    if not scopes:
        return [_licence("医师执业证书未登记执业范围。", "not_recorded")]
    return [_licence(f"执业范围为“{scopes}”，不含{rules.practice_scopes[0]}。", "not_qualified")]


def in_specialty(scope: str, rules: QualificationRules) -> bool:
    """Does an item of the scope begin with one of the specialty's names?"""
    plain = unicodedata.normalize("NFKC", scope)
    items = [item.lstrip("(含兼") for item in _BETWEEN_SCOPES.split(plain)]
    return any(item.startswith(tuple(rules.practice_scopes)) for item in items)


def residency_reasons(person: Person, on: date) -> list[Reason]:
    """What is wrong with stage one of the residency training; empty when nothing is."""
    records = person.of_type("residency_stage_one")
    if any(residency_suffices(record, on) for record in records):
        return []
    if not records:
        return [_stage_one("未登记第一阶段住院医师规范化培训的结果。", "not_recorded")]
    dated = [r.issued_on for r in records if r.result != "failed" and r.issued_on and r.issued_on > on]
    if dated:
        return [_stage_one(f"第一阶段规培{min(dated)}通过，晚于签发日{on}。", "not_qualified")]
    if any(r.result == "deemed" for r in records):
        return [_stage_one("登记为视同通过第一阶段规培，但没有依据。", "not_qualified")]
    if any(r.result == "passed" for r in records):
        return [_stage_one("登记为已通过第一阶段规培，但没有通过日期。", "not_recorded")]
    return [_stage_one("未通过第一阶段规培，也无视同通过的认定。", "not_qualified")]


def _stage_one(sentence: str, why: Why) -> Reason:
    return Reason(RESIDENCY, CLAUSE, sentence, why)


def residency_suffices(record: Record, on: date) -> bool:
    """Is this record of stage one enough by itself on that day?"""
    if record.result == "deemed":
        return bool(record.basis.strip()) and (record.issued_on is None or record.issued_on <= on)
    return record.result == "passed" and record.issued_on is not None and record.issued_on <= on


def in_force(record: Record, on: date) -> bool:
    """The first and the last day are valid; a day that is not known excludes nothing."""
    begun = record.issued_on is None or record.issued_on <= on
    return record.result != "failed" and begun and (record.valid_until is None or on <= record.valid_until)


def _out_of_force(record: Record, on: date) -> str:
    if record.issued_on is not None and record.issued_on > on:
        return f"{record.issued_on}取得，晚于签发日{on}"
    if record.valid_until is not None and record.valid_until < on:
        return f"有效至{record.valid_until}，签发日{on}已过期"
    return "登记为不合格"
