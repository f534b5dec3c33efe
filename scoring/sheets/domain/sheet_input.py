"""What Table B.1 is scored from: the hospital level, a state for each section 1 row, two sample counts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, get_args

from standards.scoresheet import HospitalLevel, ScoreSheetDefinition

SAMPLES = ("description_sample", "conclusion_sample")


class InvalidSheet(ValueError):  # noqa: N818  named as the sheet pages speak of it
    """Input that Table B.1 cannot be scored from; `detail` says where and why."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


@dataclass(frozen=True)
class Sample:
    """样本: how many reports were judged, and how many of them failed (reports, not errors: D-09)."""

    size: int
    failed: int


@dataclass(frozen=True)
class SheetInput:
    """Everything the 30 points depend on. A row state of None is 未评: no points yet, never 0."""

    hospital_level: HospitalLevel
    rows: Mapping[str, str | None]
    description_sample: Sample
    conclusion_sample: Sample

    def sample(self, name: str) -> Sample:
        """The sample a row of section 2 is scored from; KeyError for another name."""
        return {
            "description_sample": self.description_sample,
            "conclusion_sample": self.conclusion_sample,
        }[name]


def read_case(raw: object, sheet: ScoreSheetDefinition) -> SheetInput:
    """A case as parsed from JSON → SheetInput; InvalidSheet on anything missing, unknown or out of range.

    A case must be complete: null is not a state here, only a draft sheet knows 未评.
    """
    case = _object(raw, "case")
    _exact_keys(case, ("hospital_level", "rows", *SAMPLES), "case")
    level: Any = case["hospital_level"]
    _one_of(level, get_args(HospitalLevel), "hospital_level")
    rows = _object(case["rows"], "rows")
    # Rows before samples: the first thing wrong from the top of the form is the one reported.
    _check_rows(rows, sheet, may_be_open=False)
    samples = {name: _read_sample(case[name], name) for name in SAMPLES}
    given = SheetInput(hospital_level=level, rows=dict(rows), **samples)
    check_input(given, sheet)
    return given


def check_input(given: SheetInput, sheet: ScoreSheetDefinition) -> None:
    """InvalidSheet unless `given` can be scored: known level and states, whole counts of at most ten."""
    _one_of(given.hospital_level, sheet.hospital_levels, "hospital_level")
    _check_rows(given.rows, sheet, may_be_open=True)
    for name in SAMPLES:
        _check_sample(given.sample(name), name, sheet.sample_size)


def _check_rows(rows: Mapping[str, Any], sheet: ScoreSheetDefinition, *, may_be_open: bool) -> None:
    in_section_1 = [row for row in sheet.rows if row.states]
    _exact_keys(rows, [row.id for row in in_section_1], "rows")
    for row in in_section_1:
        if rows[row.id] is not None or not may_be_open:
            _one_of(rows[row.id], [known.state for known in row.states], row.id)


def _check_sample(sample: Sample, name: str, sample_size: int) -> None:
    if not (_is_whole(sample.size) and _is_whole(sample.failed)):
        raise InvalidSheet(f"{name}: counts must be whole numbers")
    if sample.size < 0:
        raise InvalidSheet(f"{name}: size must not be negative")
    if sample.size > sample_size:  # D-08: more reports belong to a wider monitor, without points
        raise InvalidSheet(f"{name}: sample larger than {sample_size}; draw exactly {sample_size}")
    if not 0 <= sample.failed <= sample.size:
        raise InvalidSheet(f"{name}: failed must lie between 0 and size")


def _read_sample(raw: object, name: str) -> Sample:
    """{"size", "failed"} or {"issues_per_case": [faults of each report]}."""
    counts = _object(raw, name)
    if "issues_per_case" not in counts:
        _exact_keys(counts, ("size", "failed"), name)
        return Sample(size=counts["size"], failed=counts["failed"])
    _exact_keys(counts, ("issues_per_case",), name)
    issues = counts["issues_per_case"]
    if not isinstance(issues, list):
        raise InvalidSheet(f"{name}: issues_per_case must be a list")
    if not all(_is_whole(count) for count in issues):
        raise InvalidSheet(f"{name}: counts must be whole numbers")
    if any(count < 0 for count in issues):
        raise InvalidSheet(f"{name}: issues_per_case must not be negative")
    # D-09: seven errors in three reports are three cases.
    return Sample(size=len(issues), failed=sum(count > 0 for count in issues))


def _is_whole(value: object) -> bool:
    # `type is`, since True is an int in Python; 10.0 is refused too: counts are never floats (D-01, D-24).
    return type(value) is int


def _object(raw: object, where: str) -> dict[str, Any]:
    if not isinstance(raw, dict):
        raise InvalidSheet(f"{where}: must be an object")
    return raw


def _exact_keys(found: Mapping[str, Any], expected: Iterable[str], where: str) -> None:
    wanted = set(expected)
    unknown = sorted(map(str, set(found) - wanted))
    if unknown:
        raise InvalidSheet(f"{where}: unknown keys {unknown}")
    missing = sorted(wanted - set(found))
    if missing:
        raise InvalidSheet(f"{where}: missing keys {missing}")


def _one_of(value: object, known: Iterable[str], where: str) -> None:
    names = sorted(known)
    if value not in names:
        raise InvalidSheet(f"{where}: {value!r} not in {names}")
