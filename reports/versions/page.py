"""An earlier version of a report as its page shows it: identity masked as on the report's own page."""

from dataclasses import dataclass
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from reports.archive.content import fill, from_json
from reports.archive.models import CONTENT_FIELDS, Report, Revision
from reports.archive.page import shown_report
from reports.browsing.page import LABELS
from reports.versions.domain.differences import Segment, differences

_NOT_SHOWN = ("extra", "age_days", "examined_at_precision", "reported_at_precision")

_MARKUP = {"same": "{}", "removed": "<del>{}</del>", "added": "<ins>{}</ins>"}


@dataclass(frozen=True)
class ChangedField:
    """One field that the version changed, with the old and the new value."""

    label: str
    segments: tuple[Segment, ...]

    @property
    def html(self) -> SafeString:
        """The text as markup on one line, because line breaks in the markup are displayed."""
        return format_html_join(
            "", "{}", ((format_html(_MARKUP[one.kind], one.text),) for one in self.segments)
        )


@dataclass(frozen=True)
class VersionPage:
    """Version `number` of `latest`, and its differences from the version before it."""

    number: int
    latest: int
    received_at: datetime
    file_name: str
    report: SimpleNamespace
    changed: tuple[ChangedField, ...]

    @property
    def neighbours(self) -> tuple[int, int]:
        """The numbers before and after; 0 where there is none."""
        return self.number - 1, self.number + 1 if self.number < self.latest else 0


def version_page(report: Report, number: int, *, unmasked: bool) -> VersionPage | None:
    """The page of a version, None when there is no such version. One query."""
    rows = report.revisions.filter(number__in=(number - 1, number)).select_related("batch")
    found = {row.number: row for row in rows}
    if number not in found:
        return None
    row = found[number]
    shown = _shown(report, row, unmasked)
    before = _shown(report, found[number - 1], unmasked) if number - 1 in found else None
    return VersionPage(
        number,
        report.revision_number,
        row.received_at,
        row.batch.file_name if row.batch else "",
        shown,
        _changed(before, shown) if before else (),
    )


def _shown(report: Report, revision: Revision, unmasked: bool) -> SimpleNamespace:
    """The stored content in the form of a displayed report; the report itself is not changed."""
    version = Report(
        pk=report.pk,
        department=report.department,
        source=report.source,
        accession_number=report.accession_number,
        system=report.system,
        system_set_by_id=report.system_set_by_id,
        revision_number=revision.number,
    )
    content = dict.fromkeys(CONTENT_FIELDS) | {"extra": {}} | from_json(revision.content)
    return shown_report(fill(version, content), unmasked=unmasked)


def _changed(before: SimpleNamespace, after: SimpleNamespace) -> tuple[ChangedField, ...]:
    fields = (
        name for name in CONTENT_FIELDS if name not in ("extra", "age_days") and "_precision" not in name
    )
    changed = []
    for name in fields:
        old, new = _text(name, before), _text(name, after)
        if old != new:
            changed.append(ChangedField(LABELS[name], differences(old, new)))
    return tuple(changed)


def _text(name: str, shown: SimpleNamespace) -> str:
    value: Any = getattr(shown, f"{name}_text", None) or getattr(shown, name)
    if name == "modality":
        value = shown.modality_words
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    return value.isoformat() if isinstance(value, date) else str(value or "")
