"""Reports as the department writes them: a base text, a patient, a day, and the people who took part."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from demo.content.cases import BaseCase, filled, random_slots
from demo.content.days import examined_at, later
from demo.content.dice import Dice
from demo.content.faults import make_faulty
from demo.content.patients import Patient
from demo.content.people import INSTITUTION
from demo.content.values import DemoReport, Person

_DEVICES = {"CT": "CT", "MRI": "MR", "DR": "DX"}
_MINUTES = {"CT": (30, 150), "MRI": (45, 170), "DR": (15, 80)}


class Writer:
    """Writes the reports of one quarter; `texts` are the findings already used."""

    def __init__(self, quarter: str, people: Sequence[Person], texts: set[str], dice: Dice) -> None:
        self.quarter, self.texts, self.dice = quarter, texts, dice
        self.reporting = [person.name for person in people if person.post == "reporting"]
        self.reviewing = [person.name for person in people if person.post == "reviewing"]
        self.operators = {
            modality: [person.name for person in people if modality in person.modalities]
            for modality in _DEVICES
        }

    def write(
        self, case: BaseCase, patient: Patient, day: date, known: Mapping[str, str] | None = None
    ) -> tuple[DemoReport, dict[str, str]]:
        """The report and the slots it was filled with."""
        slots = self._unused_slots(case, known)
        patient.systems.add(case.system)
        content = self._texts(case, slots) | self._person(patient, day) | self._signing(case, day)
        return DemoReport("", content | _unset(), self.quarter, case.id, case.system), slots

    def _unused_slots(self, case: BaseCase, known: Mapping[str, str] | None) -> dict[str, str]:
        """Slots that make findings nobody wrote before."""
        for _ in range(1000):
            slots = random_slots(case, self.dice, known)
            findings = filled(case.findings, slots)
            if findings not in self.texts:
                self.texts.add(findings)
                return slots
        raise ValueError(f"demo case {case.id}: too few variants, give it another slot")

    def with_fault(self, report: DemoReport) -> DemoReport | None:
        """The report with a fault in its findings; None when they can have none, or would repeat others."""
        made = make_faulty(report.content["findings"], self.dice)
        if made is None or made[0] in self.texts:
            return None
        findings, fault = made
        self.texts.add(findings)
        return replace(report, content={**report.content, "findings": findings}, description_faults=(fault,))

    def amend(self, report: DemoReport) -> DemoReport:
        """The report as corrected by its reviewer, who then signs it (4.5); before, its end was missing."""
        now = report.content
        shortened = now["findings"].rsplit("\n", 1)[0]
        changed_at = later(now["signed_at"], self.dice, 15, 90)
        amendment = {
            "last_modified_by": now["reviewing_physician"],
            "last_modified_at": changed_at,
            "modification_kind": "内容修改",
            "reported_at": changed_at,
            "signed_at": later(changed_at, self.dice, 1, 4),
        }
        return replace(report, content={**now, **amendment}, earlier={**now, "findings": shortened})

    def _texts(self, case: BaseCase, slots: Mapping[str, str]) -> dict[str, Any]:
        return {
            "clinical_diagnosis": filled(self.dice.pick(case.clinical), slots),
            "surgical_history": "",
            "examination_name": filled(case.examination_name, slots),
            "modality": case.modality,
            "modality_code": _DEVICES[case.modality] if "钼靶" not in case.examination_name else "MG",
            "body_part": filled(case.body_part, slots),
            "technique": filled(case.technique, slots),
            "findings": filled(case.findings, slots),
            "impression": filled(case.impression, slots),
            "requesting_department": self.dice.pick(case.departments),
            "patient_class": self.dice.pick(case.classes),
        }

    def _person(self, patient: Patient, day: date) -> dict[str, Any]:
        return {
            "patient_id": patient.patient_id,
            "patient_name": patient.name,
            "sex": patient.sex,
            "age": f"{patient.age_on(day)}岁",
            "age_days": patient.age_on(day) * 365,
            "birth_on": patient.birth_on,
        }

    def _signing(self, case: BaseCase, day: date) -> dict[str, Any]:
        examined: datetime = examined_at(day, self.dice)
        reported = later(examined, self.dice, *_MINUTES[case.modality])
        reviewer = self.dice.pick(self.reviewing)
        return {
            "examined_at": examined,
            "examined_at_precision": "second",
            "operator": self.dice.pick(self.operators[case.modality]),
            "reporting_physician": self.dice.pick(self.reporting),
            "reviewing_physician": reviewer,
            "reported_at": reported,
            "reported_at_precision": "second",
            "signed_by": reviewer,
            "signature_method": "经认证的电子签名",
            "signed_at": later(reported, self.dice, 1, 6),
            "report_status": "已审核",
            "institution_name": INSTITUTION,
            "report_title": f"{INSTITUTION}放射影像检查报告",
        }


def _unset() -> dict[str, Any]:
    """Nobody modified the report, and the export has no further columns."""
    return {"last_modified_by": "", "last_modified_at": None, "modification_kind": "", "extra": {}}
