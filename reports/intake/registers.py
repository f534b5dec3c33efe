"""Registers that other departments keep for themselves: 病理, 手术, 内镜, 导管室.

Their 报告日期, 检查日期 and 诊断 are the outcome's. In a list that also speaks of the imaging report the same
words may be the report's, so there they stay open.
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
# What a title may say of all rows below it; 影像 and 随访 name what is registered, not how it was proved.
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
    """The head with the kind, day and text that such a register names in its own way."""
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
    """The kind that a register without a kind column names in the head of the text, or in its title."""
    if head.columns("kind"):
        return None
    by_text = kind_of_heads(head.labels[i] for i in head.columns("text"))
    return by_text or _kind_of_title(head)


def kind_of_heads(labels: Iterable[str]) -> str | None:
    """The strongest kind named in headers of texts: 病理诊断, 手术所见."""
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
    """A column of procedures (冠脉造影, 胃镜) says how each outcome was proved."""
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
