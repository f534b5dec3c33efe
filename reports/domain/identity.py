"""Contradictions of identity between a row and the stored report with the same number.

An amendment (4.5) concerns the same patient and the same examination, as far as both are known. Spelling
variants do not contradict. In doubt between an amendment and another examination a row is refused: a refusal
costs a manual check, a wrong amendment would overwrite a report.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from reports.domain.moments import compare, same_moment
from reports.domain.textcheck.identity import (
    Difference,
    is_masked,
    is_unnamed,
    names_differ,
    numbers_differ,
    sex_of,
    sexes_differ,
)
from reports.domain.textcheck.priors import by_region, on_other_sides, regions_of
from spreadsheets import is_placeholder

Content = Mapping[str, Any]
# Field → label, and whether two values contradict each other rather than being spelling variants.
PATIENT: Final[dict[str, tuple[str, Callable[[Any, Any], bool]]]] = {
    "patient_id": ("受检者ID", numbers_differ),
    "patient_name": ("姓名", names_differ),
    "sex": ("性别", sexes_differ),
    "birth_on": ("出生日期", lambda one, other: bool(one and other) and one != other),
}
_HAN: Final = re.compile("[\u3400-\u9fff]")
# The kind of examination is compared separately; 头颅MRI平扫 and 头颅磁共振平扫 are one examination.
_KIND: Final = re.compile(r"核?磁共振(?:成像)?|x[线光]|数字化?摄影|计算机断层|ct|mri?|dr|扫描|检查|摄[影片]")


def contradictions(stored: Content, incoming: Content) -> tuple[Difference, ...]:
    """(field, label, stored value, value of the row) of everything that cannot belong to one report."""
    return (*_of_patient(stored, incoming), *_of_examination(stored, incoming))


def patient_contradictions(stored: Content, incoming: Content) -> tuple[Difference, ...]:
    """The contradictions of patient identity alone."""
    return tuple(_of_patient(stored, incoming))


def says_less(field: str, one: Any, other: Any) -> bool:
    """Is one spelling of the identity less specific than the other (张* and 张三, 未知 and 男)?"""
    if field == "patient_name":
        return _vague(one, is_unnamed) > _vague(other, is_unnamed)
    if field == "patient_id":
        return _vague(one, is_placeholder) > _vague(other, is_placeholder)
    return field == "sex" and sex_of(other or "") in ("男", "女") and sex_of(one or "") not in ("男", "女")


def _vague(given: str | None, says_nothing: Callable[[str], bool]) -> int:
    """0 for a value in full, 1 for a masked one, 2 for none."""
    return 2 if says_nothing(given or "") else int(is_masked(given))


def _of_patient(stored: Content, incoming: Content) -> Iterator[Difference]:
    for name, (label, differ) in PATIENT.items():
        if differ(stored.get(name), incoming.get(name)):
            yield name, label, str(stored[name]), str(incoming[name])


def _of_examination(stored: Content, incoming: Content) -> Iterator[Difference]:
    if stored.get("modality") and incoming.get("modality") and stored["modality"] != incoming["modality"]:
        yield "modality", "检查种类", stored["modality"], incoming["modality"]
    one, other = stored.get("examined_at"), incoming.get("examined_at")
    if one and other and one.date() != other.date():
        yield "examined_at", "检查日期", str(one.date()), str(other.date())
    old, new = stored.get("examination_name") or "", incoming.get("examination_name") or ""
    differ = old and new and old != new and _names_differ(old, new, at_once=_at_once(stored, incoming))
    # A corrected name (平扫, 增强) has the same description; two names at the same time are two items.
    if differ and not (_is_one_region(old, new) and _is_corrected(stored, incoming)):
        yield "examination_name", "检查名称", old, new
    old, new = stored.get("body_part") or "", incoming.get("body_part") or ""
    if old and new and old != new and _parts_differ(old, new):
        yield "body_part", "检查部位", old, new


def _names_differ(one: str, other: str, *, at_once: bool) -> bool:
    """Is neither name a fuller spelling of the other (胸部CT, 胸部CT平扫+增强)?

    Synonyms of a region (颅脑, 头颅) match only at the same time, because 肝 and 胰 are one region too.
    """
    plain = _plain(one), _plain(other)
    if not all(plain) or bool(_HAN.search(plain[0])) != bool(_HAN.search(plain[1])):
        return False  # CHEST and 胸部 cannot be compared
    return not _within(*plain) and not (at_once and _within(by_region(plain[0]), by_region(plain[1])))


def _at_once(stored: Content, incoming: Content) -> bool:
    """Were both made in the same minute? A date alone does not decide: a day may have two examinations."""
    times = stored.get("examined_at"), incoming.get("examined_at")
    return all(at and (at.hour or at.minute) for at in times) and same_moment("examined_at", stored, incoming)


def _is_corrected(stored: Content, incoming: Content) -> bool:
    """Is the row later, with the same description and the same examination time?"""
    one, other = ("".join((content.get("findings") or "").split()) for content in (stored, incoming))
    return bool(one) and one == other and _at_once(stored, incoming) and _is_later(incoming, stored)


def _is_later(incoming: Content, stored: Content) -> bool:
    last = "last_modified_at" if stored.get("last_modified_at") else "reported_at"
    return (
        compare("reported_at", incoming, "reported_at", stored) > 0
        or compare("last_modified_at", incoming, last, stored) > 0
    )


def _is_one_region(one: str, other: str) -> bool:
    return bool(regions_of(one) & regions_of(other)) and not on_other_sides(one, other)


def _plain(name: str) -> str:
    """The name without kind, punctuation, width and case."""
    return re.sub(r"[\W_]+", "", _KIND.sub("", unicodedata.normalize("NFKC", name).casefold()))


def _within(one: str, other: str) -> bool:
    """Does the longer name contain all characters of the shorter one in order?"""
    short, long = sorted((one, other), key=len)
    rest = iter(long)
    return all(character in rest for character in short)


def _parts_differ(one: str, other: str) -> bool:
    mine, theirs = regions_of(one), regions_of(other)
    apart = bool(mine and theirs) and not (mine <= theirs or theirs <= mine)
    return apart or on_other_sides(one, other)
