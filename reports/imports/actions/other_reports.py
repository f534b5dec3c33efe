"""Refusal sentence for a row whose number belongs to another patient or another examination."""

from collections.abc import Callable, Sequence

from exporting.masking import mask_id, mask_name
from reports.domain.identity import PATIENT
from reports.domain.textcheck.identity import Difference

# A refusal is stored, shown and printed: patients are masked in it as on every page.
_MASKS: dict[str, Callable[[str], str]] = {
    "patient_name": mask_name,
    "patient_id": mask_id,
    "birth_on": lambda day: f"{day[:4]}年",
}


def refused_for(whose: str, differing: Sequence[Difference]) -> tuple[str, str]:
    """(column, sentence) with both values of every field that differs, patients masked.

    `whose`: the kind of number and its value, such as 检查号“A1”.
    """
    of_patient = any(name in PATIENT for name, *_ in differing)
    other = "在另一受检者名下" if of_patient else "为另一次检查"
    facts = "；".join(
        f"{label}已登记为“{_shown(name, known)}”，本行为“{_shown(name, given)}”"
        for name, label, known, given in differing
    )
    reason = (
        f"{whose}已登记{other}：{facts}。不能作为同一份的修订，这一行没有导入；"
        "请核对号码，两份须各有自己的号码，更正后重新导出。"
    )
    return differing[0][1], reason


def _shown(name: str, value: str) -> str:
    return _MASKS.get(name, str)(value)
