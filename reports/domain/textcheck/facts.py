"""Properties of an examination that several rules need: kind, enhancement, phases."""

import re
from functools import lru_cache
from typing import Final

from reports.domain.textcheck.report import CheckedReport, once_per_report
from standards.loader import current_edition

# Latin names must not touch other Latin letters: MR in "MRCP" is MRI, CT in "ECT" is not CT (6.3.3).
_KINDS: Final = (
    ("MRI", re.compile(r"磁共振|核磁|(?<![A-Za-z])(?:f?MRI|MRA|MRV|MRCP|MRU|MRM|MR)(?![A-Za-z])")),
    (
        "CT",
        re.compile(
            r"计算机体层|计算机断层|(?<![A-Za-z])(?:HRCT|LDCT|CBCT|CCTA|CTPA|CTA|CTV|CTU|CTP|CTE|CT)(?![A-Za-z])"
        ),
    ),
    (
        "DR",
        re.compile(
            r"[Xx×]\s?[-－]?\s?[线光射]|(?<![A-Za-z])(?:DR|CR|DX|KUB|IVP|IVU)(?![A-Za-z])|平片|摄影|摄片|造影|钼靶|透视|全景片"
            r"|[位胸腹骨牙点]片|钡餐|钡灌肠|钡剂|吞钡"
        ),
    ),
)
# 未增强 and 边缘增强算法 enhance nothing; ASL perfusion needs no contrast medium.
_ENHANCED: Final = re.compile(
    r"(?<![非未])增强(?!器|算法|重建)|\+\s*C(?![A-Za-z])|(?<![A-Za-z])(?:CTA|CTV|CTU|CTP|CE-?MRA|DCE)(?![A-Za-z])|(?<!ASL)(?<!标记)灌注|双期|三期|四期|多期|动脉期"
)
_ANGIO: Final = re.compile(r"(?<![A-Za-z])(?:CTA|CTV|MRA|MRV|CE-?MRA)(?![A-Za-z])|血管成像|血管造影")
_MULTIPHASE: Final = re.compile(
    r"动态增强|动态|双期|三期|四期|多期|(?<![A-Za-z])DCE|动脉期.{0,30}?(?:门脉期|门静脉期|静脉期|实质期|延迟期)"
)


def kinds_in(text: str) -> tuple[str, ...]:
    """Kinds of examination (DR, CT, MRI) that a text names, in that order of certainty; () when none."""
    return tuple(kind for kind, pattern in _KINDS if pattern.search(text))


def names_kind(text: str) -> bool:
    """Does a text name any kind of examination?"""
    return bool(kinds_in(text))


@lru_cache(maxsize=1)
def _kind_of_code() -> dict[str, str]:
    """A device's own code (MR, DX, MG) → its kind (D-25)."""
    return {code: modality.code for modality in current_edition().terms.modalities for code in modality.dicom}


@once_per_report
def kind(report: CheckedReport) -> str:
    """DR, CT or MRI: as registered, else as named by examination name or technique; "" when unknown."""
    if report.modality:
        return _kind_of_code().get(report.modality.strip().upper(), report.modality)
    named = kinds_in(report.texts["examination_name"].plain) or kinds_in(report.texts["technique"].plain)
    return named[0] if named else ""


@once_per_report
def examined(report: CheckedReport) -> str:
    """Name, part and technique of the examination as one text."""
    parts = ("examination_name", "body_part", "technique")
    return "\n".join(report.texts[part].plain for part in parts)


@once_per_report
def named(report: CheckedReport) -> str:
    """Name and part of the examination as one text."""
    return report.texts["examination_name"].plain + "\n" + report.texts["body_part"].plain


@once_per_report
def is_enhanced(report: CheckedReport) -> bool:
    """Was contrast medium given, according to name or technique?"""
    return _ENHANCED.search(examined(report)) is not None


@once_per_report
def is_angiography(report: CheckedReport) -> bool:
    """Is this a vessel examination? Its reports describe the lumen, not enhancement."""
    return _ANGIO.search(named(report)) is not None


@once_per_report
def is_multiphase(report: CheckedReport) -> bool:
    """Is this a dynamic or multi-phase enhanced examination (6.4.3.4)?"""
    return is_enhanced(report) and _MULTIPHASE.search(examined(report)) is not None
