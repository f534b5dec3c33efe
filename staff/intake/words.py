"""The words registers use for results, courses, organisers and kinds of equipment."""

import re
import unicodedata
from collections.abc import Iterable

from staff.intake.cells import Unreadable

_FAILED = re.compile(r"^(未|不|否|无|缺|补考|在|N$|NO|F|×|✗|没)|规培中|培训中|在培|在读|尚未|FAIL", re.I)
_IN_FORCE = re.compile(r"(?:在)?有效(?:期内?)?|在有效期|持有|正常")
_DEEMED = re.compile(r"视同|免培|免试|等同|DEEMED", re.I)
_PASSED = re.compile(r"合格|通过|及格|优|良|完成|取得|结业|已|^是$|^有$|^√$|^✓$|^Y$|^YES$|PASS", re.I)
_ECOLOGY = re.compile(r"生态|环保|环境|核与辐射|辐射安全|核安全")
_HEALTH = re.compile(r"卫生|卫健|疾控|疾病预防|职业病|职防|CDC|放射卫生|健康", re.I)
_INITIAL = re.compile(r"上岗|岗前|初次|首次|初训|入职|INITIAL", re.I)
_REFRESHER = re.compile(r"复训|再培训|继续|在岗|定期|复审|REFRESH", re.I)
_BETWEEN = re.compile(r"[、,;/|+&\s]+|和|及|与")
_MRI = re.compile(r"MR|磁共振|核磁")
_CT = re.compile(r"(?<!PET-)(?<!PET)(?<!SPECT-)(?<!SPECT)CT")
_DR = re.compile(r"DR|DX|CR\b|MG|RF|X线|X光|X射线|普放|普通放射|拍片|平片|钼靶|乳腺|胃肠|床旁|全景|摄影")


def result(given: str) -> str:
    """合格, 通过, 有效, √ → passed; 不合格, 缺考 → failed; 视同 → deemed; "" when nothing is given."""
    plain = _plain(given)
    if not plain:
        return ""
    if _DEEMED.search(plain) and not re.search(r"^(未|不|非)", plain):
        return "deemed"
    if _IN_FORCE.fullmatch(plain):
        return "passed"
    if _FAILED.search(plain):
        return "failed"
    if _PASSED.search(plain):
        return "passed"
    raise Unreadable("应为合格或不合格（规培：已通过、视同通过或未通过）")


def organiser(given: str, course_name: str = "") -> str:
    """Which authority's line a training belongs to; the ecology line's course is known by its name too."""
    if _ECOLOGY.search(given) or (not given and _ECOLOGY.search(course_name)):
        return "ecology"
    return "health" if _HEALTH.search(given) else ""


def course(given: str) -> str:
    """上岗前 or 复训; "" for any other name of a course."""
    if _INITIAL.search(given):
        return "initial"
    return "refresher" if _REFRESHER.search(given) else ""


def modalities(given: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(DR, CT, MRI) among the kinds named, in that order, and the words that name none of them."""
    found, strange = set(), []
    for word in _words(_plain(given)):
        kinds = _kinds(word)
        found |= kinds
        if not kinds:
            strange.append(word)
    return tuple(kind for kind in ("DR", "CT", "MRI") if kind in found), tuple(strange)


def _kinds(word: str) -> set[str]:
    kinds = {"MRI": _MRI, "CT": _CT, "DR": _DR}
    return {kind for kind, pattern in kinds.items() if pattern.search(word)}


def _words(plain: str) -> Iterable[str]:
    # Brackets describe the same equipment further: DR（含乳腺）, MRI(3.0T).
    return (word for word in _BETWEEN.split(re.sub(r"[(\[【].*?[)\]】]", " ", plain)) if word)


def _plain(given: str) -> str:
    return unicodedata.normalize("NFKC", given).strip().upper()
