"""The stored mapping of a source as its page lists it."""

from dataclasses import dataclass
from typing import Any

from reports.imports.models import ImportSource
from reports.imports.page.columns import label_of, labels
from reports.imports.page.kinds import page_kind
from reports.intake.mapping import mapping_of

SKIPPED = "不导入"
_SKIP = ("", SKIPPED)


@dataclass(frozen=True)
class Part:
    """One stored column, value or constant: its texts on the page, and its keys in the form."""

    part: str
    name: str
    writing: str
    shown: str
    meaning: str
    field: str = ""
    choices: tuple[tuple[str, str], ...] = ()  # what it may mean; () for a text of one's own

    @property
    def chosen(self) -> str:
        return "" if self.meaning == SKIPPED else self.meaning


def remembered(source: ImportSource) -> list[tuple[str, str, list[Part]]]:
    """(title, header of the first column, parts) of the source's mapping, without empty groups."""
    mapping = mapping_of(source.mapping)

    def label(field: str) -> str:
        return label_of(field, source.kind)

    fields, words = labels(source.kind), page_kind(source.kind).words

    def offered(field: str, value: str | None, *more: tuple[str, str]) -> tuple[tuple[str, str], ...]:
        known = dict.fromkeys((*words.get(field, ()), *([value] if value else ())))
        return (*((word, word) for word in known), *more)

    columns = [
        Part(
            *("columns", header, "", header, field or SKIPPED, ""),
            (_SKIP, *({**fields, field: label(field)} if field else fields).items()),
        )
        for header, field in mapping.columns.items()
    ]
    values = [
        Part(
            *("values", field, writing, writing, value or SKIPPED, label(field)),
            offered(field, value, _SKIP),
        )
        for field, given in mapping.values.items()
        for writing, value in given.items()
    ]
    constants = [
        Part(
            *("constants", field, "", label(field), value, ""),
            offered(field, value) if field in words else (),
        )
        for field, value in mapping.constants.items()
    ]
    groups = (
        ("列", "文件中的列", columns),
        ("写法", "文件中的写法", values),
        ("全部行相同的内容", "内容", constants),
    )
    return [group for group in groups if group[2]]


def summary(mapping: dict[str, Any]) -> str:
    """Size of the stored mapping: 12 列，3 个写法，1 个固定值."""
    known = mapping_of(mapping)
    counts = (
        (len(known.columns), "列"),
        (sum(map(len, known.values.values())), "个写法"),
        (len(known.constants), "个固定值"),
    )
    return "，".join(f"{count} {word}" for count, word in counts if count) or "按表头自动识别"
