"""6.3.3–6.3.6: kind of examination, body part, and how a radiograph or CT was taken."""

import re
from collections.abc import Iterable

from reports.domain.textcheck import facts
from reports.domain.textcheck.engine import Rule
from reports.domain.textcheck.finding import Hit, absent
from reports.domain.textcheck.report import CheckedReport
from reports.domain.textcheck.text import Text
from reports.domain.textcheck.words import any_of, pattern, remembered, word_set, words

_LATIN = re.compile("[A-Za-z]")


def _not_in_latin(names: Iterable[str]) -> re.Pattern[str]:
    """The words; Latin ones not within other Latin letters (PA in SPAIR, CC in CCTA)."""
    given = tuple(names)
    latin = any_of(word for word in given if _LATIN.match(word[0]) and _LATIN.match(word[-1]))
    others = any_of(word for word in given if not (_LATIN.match(word[0]) and _LATIN.match(word[-1])))
    return re.compile(rf"{others}|(?<![A-Za-z])(?:{latin})(?![A-Za-z])")


_OUT_OF_SCOPE = _not_in_latin(words("other_examinations"))
_PART = _not_in_latin(words("examined_parts"))
_PART_ANY_CASE = re.compile(_PART.pattern, re.I)
_IN_PASSING = pattern("parts_in_passing")
_POSTURE_EXCUSED = pattern("posture_excused")
_MAMMOGRAPHY = pattern("mammography_words")
_MAMMOGRAPHY_VIEW = _not_in_latin(words("mammography_views"))
_POSTURE = pattern("xray_postures")
_PROJECTION = _not_in_latin(words("xray_projections"))
_METHOD = _not_in_latin(words("ct_methods"))
_RECONSTRUCTION = pattern("ct_reconstructions")
_NOT_RECONSTRUCTION = pattern("not_reconstructions")
_WHOLE_RANGE = pattern("scan_range_words")
_RANGE_LABEL = re.compile(r"范围\s?(?:[：:为是]|包括|包含|自|从|由|：)?\s?(?=[^；;。，,\n\s：:])")
_FROM_TO = re.compile(r"(?:自|从|由)[^，；。,;\n]{1,20}(?:至|到|向)")
_JOINER = re.compile(r"至|到|[-－—–~～→]{1,2}")
_VERTEBRA = re.compile(r"[CTLS]\s?\d{1,2}", re.I)
_PASSING_MARKS = re.compile(r"听眦线|眶耳线|髂嵴|剑突|脐|肋弓|隆突|足尖|头顶|颏|枕外|口角|外耳")
# What names a kind beyond doubt; 造影 alone is done with each of the three.
_STRONG = {
    "MRI": re.compile(r"磁共振|核磁|(?<![A-Za-z])(?:MRI|MRA|MRV|MRCP|MRU|MR)(?![A-Za-z])"),
    "CT": re.compile(r"计算机体层|计算机断层|(?<![A-Za-z])(?:HRCT|LDCT|CTA|CTV|CTU|CTP|CTPA|CT)(?![A-Za-z])"),
    "DR": re.compile(
        r"[Xx]\s?[-－]?\s?[线光]|(?<![A-Za-z])(?:DR|CR|DX)(?![A-Za-z])|平片|摄片|钼靶|胸片|[位腹胸骨]片"
    ),
}
_KIND_ZH = {"DR": "X线检查", "CT": "CT", "MRI": "MRI"}
# A labelled answer is an answer, whatever its words; an empty label is none.
_METHOD_LABEL = re.compile(r"扫描(?:方法|方式)\s?[：:]\s?(?=[^；;。，,\n\s])")
_POSTURE_LABEL = re.compile(r"(?<!照)(?<!摄影)体位\s?[：:]\s?(?=[^；;。，,\n\s])")
_PROJECTION_LABEL = re.compile(
    r"(?:投照|摄影|投射|照射)(?:方位|方向|位置|体位|角度)\s?[：:]\s?(?=[^；;。，,\n\s])"
)
_EMPTY_LABEL = re.compile(r"(?:重建|后处理|重组)(?:技术|方式|方法|算法)?\s?[：:]\s?(?=[；;。\n]|$)")


def no_kind(report: CheckedReport) -> Iterable[Hit]:
    """Neither name nor technique says X线, CT or MRI."""
    name, technique = report.text("examination_name"), report.text("technique")
    if facts.names_kind(name.plain) or facts.names_kind(technique.plain) or name.is_blank:
        return
    if not _out_of_scope(report):
        message = f"检查名称“{_short(name)}”和技术参数都没有写明是X线检查、CT还是MRI。"
        yield Hit("examination_name", 0, len(name.raw), message)


def kind_differs(report: CheckedReport) -> Iterable[Hit]:
    """The name says another kind than the modality the examination is registered with."""
    name, kind = report.text("examination_name"), facts.kind(report)
    if not report.modality or kind not in _STRONG:
        return
    found = _strongly_named(name.plain)
    if found and kind not in found and not _out_of_scope(report):
        match = next(iter(found.values()))
        message = (
            f"检查名称写的是“{name.raw[match.start() : match.end()]}”，而检查类型登记为{_KIND_ZH[kind]}。"
        )
        yield Hit("examination_name", match.start(), match.end(), message)


@remembered
def _strongly_named(name: str) -> dict[str, re.Match[str]]:
    """The kinds that a name says beyond doubt, and where."""
    return {kind: match for kind, sought in _STRONG.items() if (match := sought.search(name))}


def _out_of_scope(report: CheckedReport) -> bool:
    """PET/CT, DSA, 骨密度, ultrasound and the like: not one of the three kinds."""
    return _names_another_examination(facts.named(report))


@remembered
def _names_another_examination(named: str) -> bool:
    return _OUT_OF_SCOPE.search(named) is not None


def _short(text: Text) -> str:
    shown = text.raw.strip()
    return shown if len(shown) <= 24 else shown[:23] + "…"


# --- body part (6.3.4, 6.3.5, 6.3.6) ---------------------------------------------------------------


@remembered
def _names_part(text: str) -> bool:
    if _PART_ANY_CASE.search(text) is None:
        return False
    bare = _IN_PASSING.sub(" ", text)
    return _PART_ANY_CASE.search(bare) is not None or _VERTEBRA.search(bare) is not None


def _no_part(report: CheckedReport, kind: str) -> Iterable[Hit]:
    name = report.text("examination_name")
    if name.is_blank or facts.kind(report) != kind or _names_part(name.plain) or _out_of_scope(report):
        return
    if not _names_part(report.text("body_part").plain + "\n" + report.text("technique").plain):
        message = f"检查名称“{_short(name)}”没有写检查部位，技术参数中也没有。"
        yield Hit("examination_name", 0, len(name.raw), message)


def xray_no_part(report: CheckedReport) -> Iterable[Hit]:
    """A radiograph of nothing named."""
    return _no_part(report, "DR")


def ct_no_part(report: CheckedReport) -> Iterable[Hit]:
    """A CT of nothing named."""
    return _no_part(report, "CT")


def mri_no_part(report: CheckedReport) -> Iterable[Hit]:
    """An MRI of nothing named."""
    return _no_part(report, "MRI")


def _is_dr(report: CheckedReport) -> bool:
    return bool(facts.kind(report) == "DR")


def _is_ct(report: CheckedReport) -> bool:
    return bool(facts.kind(report) == "CT")


def _is_mri(report: CheckedReport) -> bool:
    return bool(facts.kind(report) == "MRI")


# --- X-ray: posture and projection (6.3.4) ---------------------------------------------------------


def _is_plain_radiograph(report: CheckedReport) -> bool:
    """Radiographs with a posture and a projection to state. An empty technique is one fault, of 6.1.1."""
    if facts.kind(report) != "DR" or report.text("technique").is_blank or report.modality_code == "RF":
        return False
    return not _excuses_posture(facts.named(report)) and not _out_of_scope(report)


@remembered
def _excuses_posture(named: str) -> bool:
    return _POSTURE_EXCUSED.search(named) is not None


def _mammography(report: CheckedReport) -> bool:
    return report.modality_code == "MG" or _names_mammography(facts.named(report))


@remembered
def _names_mammography(named: str) -> bool:
    return _MAMMOGRAPHY.search(named) is not None


def no_posture(report: CheckedReport) -> Iterable[Hit]:
    """Standing, lying, sitting, at the bedside: said nowhere."""
    if not _is_plain_radiograph(report):
        return ()
    if _tells_posture(facts.examined(report)) or _labels_posture(report.text("technique").plain):
        return ()
    if _mammography(report):  # CC and MLO are both at once; without them the projection is missing
        return ()
    return absent("technique", "检查名称和技术参数都没有写体位（立位、卧位、坐位等）。")


def no_projection(report: CheckedReport) -> Iterable[Hit]:
    """Frontal, lateral, oblique, axial: said nowhere."""
    if not _is_plain_radiograph(report):
        return ()
    text = facts.examined(report)
    if _tells_projection(text):
        return ()
    if _mammography(report) and _MAMMOGRAPHY_VIEW.search(text):
        return ()
    return absent("technique", "检查名称和技术参数都没有写投照方位（正位、侧位、后前位等）。")


@remembered
def _tells_posture(examined: str) -> bool:
    return _POSTURE.search(examined) is not None


@remembered
def _labels_posture(technique: str) -> bool:
    return _POSTURE_LABEL.search(technique) is not None


@remembered
def _tells_projection(examined: str) -> bool:
    return bool(_PROJECTION.search(examined) or _PROJECTION_LABEL.search(examined))


# --- CT: method, range, reconstruction (6.3.5) -----------------------------------------------------


def _is_described_ct(report: CheckedReport) -> bool:
    """CT examinations whose technique says something. An empty technique is one fault, of 6.1.1."""
    return facts.kind(report) == "CT" and not report.text("technique").is_blank and not _out_of_scope(report)


def no_scan_method(report: CheckedReport) -> Iterable[Hit]:
    """平扫, 增强, CTA …: said nowhere."""
    if not _is_described_ct(report):
        return ()
    if _tells_method(facts.examined(report)) or _labels_method(report.text("technique").plain):
        return ()
    return absent("technique", "检查名称和技术参数都没有写扫描方法（平扫、增强、CTA等）。")


@remembered
def _tells_method(examined: str) -> bool:
    return _METHOD.search(examined) is not None


@remembered
def _labels_method(technique: str) -> bool:
    return _METHOD_LABEL.search(technique) is not None


def no_scan_range(report: CheckedReport) -> Iterable[Hit]:
    """The technique does not say from where to where."""
    if not _is_described_ct(report) or _tells_range(report.text("technique").plain):
        return ()
    return absent("technique", "技术参数没有写扫描范围（从何处至何处）。")


@remembered
def _tells_range(text: str) -> bool:
    if _RANGE_LABEL.search(text) or _WHOLE_RANGE.search(text) or _FROM_TO.search(text):
        return True
    for found in _JOINER.finditer(text):
        before, after = text[max(0, found.start() - 8) : found.start()], text[found.end() : found.end() + 10]
        # 至 between two words of which one is a place says from where to where; a dash also joins figures.
        enough = any if found[0] in "至到" else all
        if enough((_is_place(before), _is_place(after))):
            return True
    return False


def _is_place(text: str) -> bool:
    return any(sought.search(text) for sought in (_PART_ANY_CASE, _PASSING_MARKS, _VERTEBRA))


def no_reconstruction(report: CheckedReport) -> Iterable[Hit]:
    """No word of a reconstruction in technique or name."""
    if not _is_described_ct(report):
        return ()
    if _tells_reconstruction(facts.examined(report)):
        return ()
    return absent("technique", "技术参数没有写重建技术（薄层重建、MPR、MIP、VR等）。")


@remembered
def _tells_reconstruction(examined: str) -> bool:
    said = _NOT_RECONSTRUCTION.sub(" ", _EMPTY_LABEL.sub(" ", examined))
    return _RECONSTRUCTION.search(said) is not None


# --- the catalogue of recognised examinations (宜) -------------------------------------------------


def _not_in_catalogue(report: CheckedReport, kind: str) -> Iterable[Hit]:
    catalogue = word_set("recognition_catalogue")
    name = report.text("examination_name")
    if not catalogue or name.is_blank or facts.kind(report) != kind:
        return
    known = {_normal(entry) for entry in catalogue}
    whole = _normal(name.plain)
    if whole not in known and not all(part in known for part in whole.split("+")):
        message = f"检查名称“{_short(name)}”不在互认项目清单中。"
        yield Hit("examination_name", 0, len(name.raw), message)


def _normal(name: str) -> str:
    return "".join(name.split()).casefold()


def xray_not_in_catalogue(report: CheckedReport) -> Iterable[Hit]:
    """6.3.4 宜."""
    return _not_in_catalogue(report, "DR")


def ct_not_in_catalogue(report: CheckedReport) -> Iterable[Hit]:
    """6.3.5 宜."""
    return _not_in_catalogue(report, "CT")


_NAME = ("examination_name",)
_TECHNIQUE = ("technique",)
RULES: tuple[Rule, ...] = (
    Rule("6.3.3/no-kind", no_kind, reads=_NAME),
    Rule("6.3.3/kind-differs", kind_differs, reads=("examination_name", "modality")),
    Rule("6.3.4/no-body-part", xray_no_part, reads=_NAME, when=_is_dr),
    Rule("6.3.4/no-posture", no_posture, reads=_TECHNIQUE, when=_is_plain_radiograph),
    Rule("6.3.4/no-projection", no_projection, reads=_TECHNIQUE, when=_is_plain_radiograph),
    Rule("6.3.4/not-in-catalogue", xray_not_in_catalogue, reads=_NAME, when=_is_dr),
    Rule("6.3.5/no-body-part", ct_no_part, reads=_NAME, when=_is_ct),
    Rule("6.3.5/no-scan-method", no_scan_method, reads=_TECHNIQUE, when=_is_described_ct),
    Rule("6.3.5/no-scan-range", no_scan_range, reads=_TECHNIQUE, when=_is_described_ct),
    Rule("6.3.5/no-reconstruction", no_reconstruction, reads=_TECHNIQUE, when=_is_described_ct),
    Rule("6.3.5/not-in-catalogue", ct_not_in_catalogue, reads=_NAME, when=_is_ct),
    Rule("6.3.6/no-body-part", mri_no_part, reads=_NAME, when=_is_mri),
)
