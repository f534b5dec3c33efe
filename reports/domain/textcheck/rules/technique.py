"""6.3.3–6.3.6: kind of examination, body part, and technique of radiographs and CT."""

from collections.abc import Iterable
from typing import Final

from reports.domain.textcheck import facts
from reports.domain.textcheck.engine import Rule
from reports.domain.textcheck.finding import Hit, absent
from reports.domain.textcheck.report import CheckedReport
from reports.domain.textcheck.technique_terms import (
    MAMMOGRAPHY_VIEW,
    excuses_posture,
    labels_method,
    labels_posture,
    names_another_examination,
    names_mammography,
    names_part,
    names_structure,
    states_method,
    states_posture,
    states_projection,
    states_range,
    states_reconstruction,
    strongly_named,
)
from reports.domain.textcheck.text import Text
from reports.domain.textcheck.vocabulary import term_set

_KIND_ZH: Final = {"DR": "X线检查", "CT": "CT", "MRI": "MRI"}


def no_kind(report: CheckedReport) -> Iterable[Hit]:
    """Neither name nor technique contains X线, CT or MRI."""
    name, technique = report.texts["examination_name"], report.texts["technique"]
    if facts.names_kind(name.plain) or facts.names_kind(technique.plain) or name.is_blank:
        return
    if not _out_of_scope(report):
        message = f"检查名称“{_short(name)}”和技术参数都没有写明是X线检查、CT还是MRI。"
        yield Hit("examination_name", 0, len(name.raw), message)


def kind_differs(report: CheckedReport) -> Iterable[Hit]:
    """The name gives another kind than the registered modality."""
    name, kind = report.texts["examination_name"], facts.kind(report)
    if not report.modality or kind not in _KIND_ZH:
        return
    found = strongly_named(name.plain)
    if found and kind not in found and not _out_of_scope(report):
        match = next(iter(found.values()))
        message = (
            f"检查名称写的是“{name.raw[match.start() : match.end()]}”，而检查类型登记为{_KIND_ZH[kind]}。"
        )
        yield Hit("examination_name", match.start(), match.end(), message)


def _out_of_scope(report: CheckedReport) -> bool:
    """Is it an examination of another kind (PET/CT, DSA, 骨密度, ultrasound)?"""
    return names_another_examination(facts.named(report))


def _short(text: Text) -> str:
    shown = text.raw.strip()
    return shown if len(shown) <= 24 else shown[:23] + "…"


# --- body part (6.3.4, 6.3.5, 6.3.6) ---------------------------------------------------------------


def _no_part(report: CheckedReport, kind: str) -> Iterable[Hit]:
    name = report.texts["examination_name"]
    if name.is_blank or facts.kind(report) != kind or _out_of_scope(report):
        return
    if names_part(name.plain) or names_structure(name.plain):
        return
    if not names_part(report.texts["body_part"].plain + "\n" + report.texts["technique"].plain):
        message = f"检查名称“{_short(name)}”没有写检查部位，技术参数中也没有。"
        yield Hit("examination_name", 0, len(name.raw), message)


def xray_no_part(report: CheckedReport) -> Iterable[Hit]:
    """A radiograph without a body part."""
    return _no_part(report, "DR")


def ct_no_part(report: CheckedReport) -> Iterable[Hit]:
    """A CT without a body part."""
    return _no_part(report, "CT")


def mri_no_part(report: CheckedReport) -> Iterable[Hit]:
    """An MRI without a body part."""
    return _no_part(report, "MRI")


# --- X-ray: posture and projection (6.3.4) ---------------------------------------------------------


def _is_plain_radiograph(report: CheckedReport) -> bool:
    """Does the radiograph need posture and projection? An empty technique is a fault of 6.1.1 only."""
    if facts.kind(report) != "DR" or report.texts["technique"].is_blank or report.modality_code == "RF":
        return False
    return not excuses_posture(facts.named(report)) and not _out_of_scope(report)


def _mammography(report: CheckedReport) -> bool:
    return report.modality_code == "MG" or names_mammography(facts.named(report))


def no_posture(report: CheckedReport) -> Iterable[Hit]:
    """No posture is given (standing, lying, sitting, at the bedside)."""
    if not _is_plain_radiograph(report):
        return ()
    if states_posture(facts.examined(report)) or labels_posture(report.texts["technique"].plain):
        return ()
    if _mammography(report):  # CC and MLO imply both; without them the projection is missing
        return ()
    return absent("technique", "检查名称和技术参数都没有写体位（立位、卧位、坐位等）。")


def no_projection(report: CheckedReport) -> Iterable[Hit]:
    """No projection is given (frontal, lateral, oblique, axial)."""
    if not _is_plain_radiograph(report):
        return ()
    text = facts.examined(report)
    if states_projection(text):
        return ()
    if _mammography(report) and MAMMOGRAPHY_VIEW.search(text):
        return ()
    return absent("technique", "检查名称和技术参数都没有写投照方位（正位、侧位、后前位等）。")


# --- CT: method, range, reconstruction (6.3.5) -----------------------------------------------------


def _is_described_ct(report: CheckedReport) -> bool:
    """Is it a CT with a technique? An empty technique is a fault of 6.1.1 only."""
    return facts.kind(report) == "CT" and not report.texts["technique"].is_blank and not _out_of_scope(report)


def no_scan_method(report: CheckedReport) -> Iterable[Hit]:
    """No method is given (平扫, 增强, CTA …)."""
    if not _is_described_ct(report):
        return ()
    if states_method(facts.examined(report)) or labels_method(report.texts["technique"].plain):
        return ()
    return absent("technique", "检查名称和技术参数都没有写扫描方法（平扫、增强、CTA等）。")


def no_scan_range(report: CheckedReport) -> Iterable[Hit]:
    """The technique gives no scan range."""
    if not _is_described_ct(report) or states_range(report.texts["technique"].plain):
        return ()
    return absent("technique", "技术参数没有写扫描范围（从何处至何处）。")


def no_reconstruction(report: CheckedReport) -> Iterable[Hit]:
    """Neither technique nor name mentions a reconstruction."""
    if not _is_described_ct(report):
        return ()
    if states_reconstruction(facts.examined(report)):
        return ()
    return absent("technique", "技术参数没有写重建技术（薄层重建、MPR、MIP、VR等）。")


# --- the catalogue of recognised examinations (宜) -------------------------------------------------


def _not_in_catalogue(report: CheckedReport, kind: str) -> Iterable[Hit]:
    catalogue = term_set("recognition_catalogue")
    name = report.texts["examination_name"]
    if not catalogue or name.is_blank or facts.kind(report) != kind:
        return
    entries = {_normal(entry) for entry in catalogue}
    whole = _normal(name.plain)
    if whole not in entries and not all(part in entries for part in whole.split("+")):
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


_NAME: Final = ("examination_name",)
_TECHNIQUE: Final = ("technique",)
RULES: Final[tuple[Rule, ...]] = (
    Rule("6.3.3/no-kind", no_kind, reads=_NAME),
    Rule("6.3.3/kind-differs", kind_differs, reads=("examination_name", "modality")),
    Rule("6.3.4/no-body-part", xray_no_part, reads=_NAME),
    Rule("6.3.4/no-posture", no_posture, reads=_TECHNIQUE),
    Rule("6.3.4/no-projection", no_projection, reads=_TECHNIQUE),
    Rule("6.3.4/not-in-catalogue", xray_not_in_catalogue, reads=_NAME),
    Rule("6.3.5/no-body-part", ct_no_part, reads=_NAME),
    Rule("6.3.5/no-scan-method", no_scan_method, reads=_TECHNIQUE),
    Rule("6.3.5/no-scan-range", no_scan_range, reads=_TECHNIQUE),
    Rule("6.3.5/no-reconstruction", no_reconstruction, reads=_TECHNIQUE),
    Rule("6.3.5/not-in-catalogue", ct_not_in_catalogue, reads=_NAME),
    Rule("6.3.6/no-body-part", mri_no_part, reads=_NAME),
)
