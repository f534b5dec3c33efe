"""Outcome registers of other departments: 病理, 手术, 内镜, 导管室.

Their 报告日期, 检查日期 and 诊断 belong to the outcome. In a list that also describes the imaging report
these headers may belong to the report, so there they are left unmapped.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from reports.intake import kinds
from reports.intake.headers import meaning, normal
from reports.intake.heads import Head
from reports.intake.profiles import Profiles
from spreadsheets import Cell

_IMAGING = re.compile(r"影像|放射|片号|检查号|ct|mr|accession|radiolog", re.I)
_KINDS = re.compile(r"(检查|诊疗|操作|治疗|项目|标本)?(类别|类型|项目|名称|种类|方式)(名称)?")
_DAYS = re.compile(r"(报告|检查|操作|诊疗|治疗|检验|签发|审核)(日期|时间)|(report|exam|procedure)(date|time)")
_TEXTS = re.compile(r"(报告|检查|镜检|内镜|镜下|造影)?(诊断|结论|印象|诊断意见|检查结论)|diagnosis")
# Kinds that a title may give to all rows below it; 影像 and 随访 name the content, not the kind of proof.
_OF_TITLES = (
    "autopsy",
    "endoscopy",
    "cytology",
    "biopsy",
    "surgical_pathology",
    "surgical_finding",
    "laboratory",
)


def of_another_department(head: Head, places: Sequence[int], profiles: Profiles) -> Head:
    """Head with the kind, date and text columns of such a register mapped."""
    if any(_IMAGING.search(normal(label)) for label in head.labels):
        return head
    head = _with_kind(head, places, profiles)
    if "kind" not in head.fields and implied_kind(head) is None:
        return head
    if "observed_on" not in head.fields:
        head = _taking(head, "observed_on", places, lambda i: _named(head, i, _DAYS) and profiles(i).is_day)
    if "kind" in head.fields or "text" not in head.fields:
        head = _taking(
            head, "text", places, lambda i: _named(head, i, _TEXTS) and not profiles(i).contradicts("text")
        )
    return head


def implied_kind(head: Head) -> str | None:
    """Kind that a register without a kind column names in the header of its text, or in its title."""
    if head.columns("kind"):
        return None
    by_text = kind_of_heads(head.labels[i] for i in head.columns("text"))
    return by_text or _kind_of_title(head)


def kind_of_heads(labels: Iterable[str]) -> str | None:
    """Strongest kind named in headers of texts: 病理诊断, 手术所见."""
    return kinds.strongest(kinds.outcome_kind(label) for label in labels if meaning(label, "outcomes"))


def _kind_of_title(head: Head) -> str | None:
    titles = [
        cell for row in head.sheet.rows if row.number < head.row for cell in row.cells if _is_title(cell)
    ]
    named = {kinds.outcome_kind(str(title)) for title in (*titles, head.sheet.name)} & set(_OF_TITLES)
    return named.pop() if len(named) == 1 else None


def _is_title(cell: Cell) -> bool:
    return isinstance(cell, str) and 0 < len(cell.strip()) < 60


def _with_kind(head: Head, places: Sequence[int], profiles: Profiles) -> Head:
    """Map a column of procedures (冠脉造影, 胃镜) as the kind of outcome."""
    if "kind" in head.fields:
        return head

    def names_kinds(place: int) -> bool:
        return _named(head, place, _KINDS) and profiles(place).share(lambda _, text: _is_kind(text)) >= 0.9

    return _taking(head, "kind", [i for i in places if names_kinds(i)][:1], lambda _: True)


def _is_kind(text: str) -> bool:
    return kinds.outcome_kind(text) is not None


def _named(head: Head, place: int, pattern: re.Pattern[str]) -> bool:
    label = head.labels[place]
    return head.mapping.get(label, "") in ("", "examined_on") and pattern.fullmatch(normal(label)) is not None


def _taking(head: Head, name: str, places: Iterable[int], fits: Callable[[int], bool]) -> Head:
    labels = [head.labels[i] for i in places if fits(i)]
    evidence = dict.fromkeys(labels, "列名、内容：登记本属于另一科室")
    return replace(
        head,
        mapping=dict(head.mapping) | dict.fromkeys(labels, name),
        evidence=dict(head.evidence) | evidence,
    )
