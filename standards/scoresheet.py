"""Table B.1 as frozen values: the printed texts and the numbers of the calculation. No framework."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Literal

HospitalLevel = Literal["tertiary", "secondary", "other"]


@dataclass(frozen=True)
class SheetSection:
    """One of the two 检查项目 of Table B.1 and its points."""

    id: str
    title_zh: str
    points: int


@dataclass(frozen=True)
class RowState:
    """A state a person may set on a section 1 row, and the points it leaves.

    `only_levels` limits a deduction to those hospital levels; the others keep the full points and get
    `otherwise_flag` (row 1.5: 二级医院未设专业组不扣分).
    """

    state: str
    state_zh: str
    points: int
    rule_zh: str = ""
    decisions: tuple[str, ...] = ()
    only_levels: tuple[HospitalLevel, ...] = ()
    otherwise_flag: str = ""


@dataclass(frozen=True)
class Contradiction:
    """A state that ten followed-up reports contradict (D-26): a flag, never a deduction."""

    state: str
    flag: str


@dataclass(frozen=True)
class CaseDeduction:
    """每例-N分: points lost for each report (D-09)."""

    points: int
    rule_zh: str
    decisions: tuple[str, ...]


@dataclass(frozen=True)
class RateDeduction:
    """诊断符合率小于 percent %, -points分: once, beside the cases (D-02); exactly at it, a flag (D-01)."""

    percent: int
    points: int
    rule_zh: str
    decisions: tuple[str, ...]
    below_flag: str
    exact_flag: str


@dataclass(frozen=True)
class SheetRow:
    """A row of Table B.1: the printed texts, and either `states` (section 1) or a `sample` (section 2)."""

    id: str
    section: str
    clause: str
    content_zh: str
    material_zh: str
    method_zh: str
    points: int
    decisions: tuple[str, ...]
    states: tuple[RowState, ...] = ()
    contradicted_by_samples: Contradiction | None = None
    sample: str = ""
    case: CaseDeduction | None = None
    rate: RateDeduction | None = None

    def state(self, name: str) -> RowState:
        """The state called `name`; KeyError when the row has none."""
        for state in self.states:
            if state.state == name:
                return state
        raise KeyError(name)


@dataclass(frozen=True)
class Flag:
    """A remark on a score besides its points."""

    code: str
    text_zh: str
    decisions: tuple[str, ...]


@dataclass(frozen=True)
class ScoreSheetDefinition:
    """Table B.1: sections, rows, pass line and the texts of the form. Points are whole numbers."""

    title_zh: str
    table_zh: str
    columns: Mapping[str, str]
    item_zh: str
    total_zh: str
    total_points: int
    pass_line: int
    verdict_rule_zh: str
    verdict_decisions: tuple[str, ...]
    clause: str
    sample_size: int
    hospital_levels: tuple[HospitalLevel, ...]
    sections: tuple[SheetSection, ...]
    rows: tuple[SheetRow, ...]
    flags: tuple[Flag, ...]
    sample_short_flag: str

    @cached_property
    def rows_by_id(self) -> Mapping[str, SheetRow]:
        """Rows by "1.1"…"2.2"."""
        return MappingProxyType({row.id: row for row in self.rows})

    @cached_property
    def flags_by_code(self) -> Mapping[str, Flag]:
        """Flags by code."""
        return MappingProxyType({flag.code: flag for flag in self.flags})

    def section_rows(self, section_id: str) -> tuple[SheetRow, ...]:
        """The rows of one section, in printed order."""
        return tuple(row for row in self.rows if row.section == section_id)
