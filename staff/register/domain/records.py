"""What a record of each kind has to say before it proves anything, field by field."""

from collections.abc import Mapping
from typing import Any

# Beside the kind, the result and the dates every record may have: what a form asks for each kind.
FIELDS: Mapping[str, tuple[str, ...]] = {
    "physician_certificate": ("number", "issuer"),
    "practice_licence": ("number", "issuer", "practice_category", "practice_scope"),
    "residency_stage_one": ("number", "issuer", "basis", "basis_approver"),
    "radiation_training": ("number", "issuer", "organiser", "course", "course_name", "days"),
    "equipment_training": ("modality", "device_model", "trainer", "issuer"),
    "image_quality_appraisal": ("number", "issuer", "course_name"),
    "large_equipment_certificate": ("number", "issuer", "modality"),
    "electronic_signature": ("number", "issuer"),
}
# What the rules read: without it the record would be stored and prove nothing.
_NEEDED: Mapping[str, Mapping[str, str]] = {
    "physician_certificate": {"number": "请填写医师资格证书编号。"},
    "practice_licence": {
        "number": "请填写医师执业证书编号。",
        "practice_scope": "请照证书填写执业范围，例如“医学影像和放射治疗专业”（4.4）。",
    },
    "radiation_training": {
        "issued_on": "请填写培训考核的日期：有效期从这一天起算（4.3 a)）。",
        "organiser": "请选择主办系统：生态环境系统的考核不能代替卫生健康系统的培训（4.3 a)）。",
    },
    "equipment_training": {
        "issued_on": "请填写培训日期（4.3 b)）。",
        "modality": "请选择设备类别：培训按所操作的设备类别计（4.3 b)）。",
    },
    "image_quality_appraisal": {"issued_on": "请填写考核日期。"},
    "electronic_signature": {"number": "请填写电子签名证书的编号。"},
}


def record_faults(code: str, values: Mapping[str, Any]) -> dict[str, str]:
    """Field → what is missing or contradicts another field; empty when the record can be stored."""
    needed = dict(_NEEDED.get(code, {}))
    if code == "residency_stage_one":
        needed |= _residency(values.get("result") or "passed")
    faults = {field: words for field, words in needed.items() if not values.get(field)}
    begin, end = values.get("issued_on"), values.get("valid_until")
    if begin and end and end < begin:
        faults["valid_until"] = f"有效期至{end}早于日期{begin}，请核对。"
    if values.get("result") == "deemed" and code != "residency_stage_one":
        faults["result"] = "“视同通过”只用于第一阶段住院医师规范化培训（4.4）。"
    return faults


def _residency(result: str) -> dict[str, str]:
    if result == "deemed":
        return {
            "basis": "视同通过须写明依据，例如“2006年前取得主治医师资格”（4.4）。",
            "basis_approver": "请填写认定的部门或认定人。",
        }
    return {"issued_on": "请填写通过日期：签发报告当日须已通过（4.4）。"} if result == "passed" else {}
