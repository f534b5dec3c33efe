"""What differs between the kinds of file on the mapping page."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from reports.domain.people import RegisteredPeople
from reports.imports.domain.outline import Outline
from reports.imports.domain.vocabulary import CONSTANTS, TERMS, VOCABULARY, Writing, unknown_writings
from reports.imports.page.columns import Columns, columns_in
from reports.imports.page.preview import Preview, preview_of
from reports.imports.page.register import (
    REGISTER_CONSTANTS,
    register_columns,
    register_preview,
    register_words,
    register_writings,
)
from reports.intake.layout import understand
from reports.intake.mapping import FileMapping
from spreadsheets import FileRefused, Sheet

Given = Mapping[str, Mapping[str, str | None]]


@dataclass(frozen=True)
class PageKind:
    """How a file is tried: its columns, the unknown values under a mapping, and its first row.

    `words`: the values to choose from; `terms`: what an unknown value must contain to be shown unmasked, or
    None where no value is about a patient.
    """

    columns: Callable[[Sequence[Sheet], FileMapping, RegisteredPeople], Columns]
    writings: Callable[[Outline, FileMapping, Given], tuple[Writing, ...]]
    preview: Callable[[Sequence[Sheet], FileMapping], Preview]
    constants: tuple[str, ...]
    words: Mapping[str, tuple[str, ...]]
    terms: frozenset[str] | None = TERMS


def page_kind(kind: str) -> PageKind:
    """The functions for one kind of file."""
    if kind == "staff":
        return PageKind(
            register_columns,
            register_writings,
            register_preview,
            REGISTER_CONSTANTS,
            register_words(),
            terms=None,
        )

    def columns(sheets: Sequence[Sheet], given: FileMapping, people: RegisteredPeople) -> Columns:
        return columns_in(sheets, kind, given, people)

    def writings(outline: Outline, mapping: FileMapping, given: Given) -> tuple[Writing, ...]:
        try:
            layout = understand(outline.sheets, kind, mapping)
        except FileRefused:  # the preview says why
            return ()
        return unknown_writings(layout, outline, given)

    def preview(sheets: Sequence[Sheet], mapping: FileMapping) -> Preview:
        return preview_of(sheets, kind, mapping)

    return PageKind(columns, writings, preview, CONSTANTS[kind], VOCABULARY)
