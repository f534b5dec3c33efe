"""The mapping page: columns, unknown values, constants, and the first row under the choices so far."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from exporting.masking import mask_unless_term
from reports.imports.actions.mapping import shown_mapping
from reports.imports.domain.outline import Outline
from reports.imports.domain.vocabulary import Writing
from reports.imports.forms import MappingForm, value_name
from reports.imports.models import ImportBatch, ImportSource
from reports.imports.page.columns import Columns, labels
from reports.imports.page.kinds import PageKind, page_kind
from reports.imports.page.preview import Preview
from reports.imports.queries import outline_of_batch, people_of, sheets_of_batch
from reports.intake.mapping import FileMapping, mapping_of
from spreadsheets import FileRefused, Sheet
from staff.conflicts.forms import with_version


@dataclass(frozen=True)
class WritingRow:
    """An unknown value as the page lists it."""

    label: str
    writing: Writing
    field: Any

    terms: frozenset[str] | None

    @property
    def text(self) -> str:
        """The value, masked where it may be one of a patient's."""
        return self.writing.text if self.terms is None else mask_unless_term(self.writing.text, self.terms)


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
        return page_kind(self.columns.kind).preview(self.outline.sheets, self._mapping)

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
    given, kind = mapping_of(batch.mapping), page_kind(batch.kind)
    columns = kind.columns(sheets, given, people_of(batch.department))
    writings = _writings(kind, columns, outline, given, data)
    form = MappingForm(
        data,
        headers=columns.headers,
        fields=columns.choices,
        suggested=columns.suggested,
        writings=writings,
        constants=[(name, labels(batch.kind)[name]) for name in kind.constants],
        given=given,
        words=kind.words,
        terms=kind.terms,
    )
    with_version(form, shown_mapping(batch))
    rows = tuple(
        WritingRow(labels(batch.kind)[w.field], w, form[value_name(w)], kind.terms) for w in writings
    )
    constants = tuple(form[f"k_{name}"] for name, _ in form.constants)
    return MappingPage(columns.with_form(form), form, rows, constants, outline)


def _writings(
    kind: PageKind, columns: Columns, outline: Outline, given: FileMapping, data: Mapping[str, Any] | None
) -> tuple[Writing, ...]:
    """Unexplained values, under the submitted or suggested columns."""
    names = {name for name, _ in columns.choices}
    chosen = columns.suggested
    if data is not None:
        sent = {header: data.get(f"c{i}", "") for i, header in enumerate(columns.headers)}
        chosen = {header: name for header, name in sent.items() if name in names}
    mapping = FileMapping(_settled(columns, chosen), {}, given.constants)
    return kind.writings(outline, mapping, given.values)


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
        if batch.kind == ImportSource.Kind.STAFF:
            whole: Sequence[Sheet] = sheets_of_batch(batch)  # short, and tried as a whole
            outline = Outline(tuple(whole), {})
        else:
            whole = sheets_of_batch(batch) if sheets is None else sheets
            outline = outline_of_batch(batch, whole)
        page = mapping_page(batch, whole, outline, data)
    except FileRefused as refused:
        return {"problem": str(refused)}
    return {"page": page, "form": page.form}
