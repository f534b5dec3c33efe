"""The mapping page: columns, unknown values, constants, and the first row under the choices so far."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from exporting.masking import mask_unless_term
from reports.imports.actions.mapping import shown_mapping
from reports.imports.domain.outline import Outline
from reports.imports.domain.vocabulary import CONSTANTS, TERMS, Writing, unknown_writings
from reports.imports.forms import MappingForm, value_name
from reports.imports.models import ImportBatch
from reports.imports.page.columns import Columns, columns_in, labels
from reports.imports.page.preview import Preview, preview_of
from reports.imports.queries import outline_of_batch, people_of, sheets_of_batch
from reports.intake.layout import understand
from reports.intake.mapping import FileMapping, mapping_of
from spreadsheets import FileRefused, Sheet
from staff.conflicts.forms import with_version


@dataclass(frozen=True)
class WritingRow:
    """An unknown value as the page lists it."""

    label: str
    writing: Writing
    field: Any

    @property
    def text(self) -> str:
        """The value, masked unless it is surely none of a patient's."""
        return mask_unless_term(self.writing.text, TERMS)


@dataclass(frozen=True)
class MappingPage:
    """Content of the mapping page of a batch; `form` is bound when data was sent."""

    columns: Columns
    form: MappingForm
    writings: tuple[WritingRow, ...]
    constants: tuple[Any, ...]
    outline: Outline

    @property
    def preview(self) -> Preview:
        """The first row under the values of the form, or under the suggestions when nothing was sent."""
        return preview_of(self.outline.sheets, self.columns.kind, self._mapping)

    @property
    def unused(self) -> list[Any]:
        """Columns that contain data and are not imported under the choices so far."""
        chosen = self._mapping.columns
        return [row for row in self.columns.rows if row.samples and not chosen.get(row.header)]

    @property
    def missing(self) -> list[str]:
        """Sentences on required columns that are not chosen yet."""
        chosen = {header: name for header, name in self._mapping.columns.items() if name}
        return self.columns.missing_from(chosen, self._mapping.constants)

    @property
    def _mapping(self) -> FileMapping:
        if self.form.is_bound:
            self.form.is_valid()
            given = self.form.mapping()
        else:
            given = FileMapping(self.columns.suggested, self.form.given.values, self.form.given.constants)
        return FileMapping(_settled(self.columns, given.columns), given.values, given.constants)


def mapping_page(
    batch: ImportBatch, sheets: Sequence[Sheet], outline: Outline, data: Mapping[str, Any] | None = None
) -> MappingPage:
    """The page for a file that was read, with the submitted `data`. Raises FileRefused without a header."""
    given = mapping_of(batch.mapping)
    columns = columns_in(sheets, batch.kind, given, people_of(batch.department))
    writings = _writings(columns, outline, given, data)
    form = MappingForm(
        data,
        headers=columns.headers,
        fields=columns.choices,
        suggested=columns.suggested,
        writings=writings,
        constants=[(name, labels(batch.kind)[name]) for name in CONSTANTS[batch.kind]],
        given=given,
    )
    with_version(form, shown_mapping(batch))
    rows = tuple(WritingRow(labels(batch.kind)[w.field], w, form[value_name(w)]) for w in writings)
    constants = tuple(form[f"k_{name}"] for name, _ in form.constants)
    return MappingPage(columns.with_form(form), form, rows, constants, outline)


def _writings(
    columns: Columns, outline: Outline, given: FileMapping, data: Mapping[str, Any] | None
) -> tuple[Writing, ...]:
    """Unexplained values, under the submitted or suggested columns."""
    names = {name for name, _ in columns.choices}
    chosen = columns.suggested
    if data is not None:
        sent = {header: data.get(f"c{i}", "") for i, header in enumerate(columns.headers)}
        chosen = {header: name for header, name in sent.items() if name in names}
    mapping = FileMapping(_settled(columns, chosen), {}, given.constants)
    try:
        layout = understand(outline.sheets, columns.kind, mapping)
    except FileRefused:  # the preview says why
        return ()
    return unknown_writings(layout, outline, given.values)


def _settled(columns: Columns, chosen: Mapping[str, str | None]) -> dict[str, str | None]:
    """Every header with its field or None: a column that a person left out is not recognised again."""
    return {header: chosen.get(header) for header in columns.headers}


def read_mapping(
    batch: ImportBatch, data: Mapping[str, Any] | None = None, sheets: Sequence[Sheet] | None = None
) -> dict[str, Any]:
    """The context of the mapping page: `page` and `form`, or the `problem` of a file that cannot be read.

    `sheets` are the first rows where those are enough; otherwise the whole file is read.
    """
    try:
        whole = sheets_of_batch(batch) if sheets is None else sheets
        page = mapping_page(batch, whole, outline_of_batch(batch, whole), data)
    except FileRefused as refused:
        return {"problem": str(refused)}
    return {"page": page, "form": page.form}
