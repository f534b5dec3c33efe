"""The mapping of a source's columns and values: set for a file, remembered after its import, removed."""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.utils import timezone

from reports.conflicts import expect_shown
from reports.imports.models import ImportBatch, ImportSource
from reports.intake.mapping import FileMapping, mapping_of
from staff.accounts.models import User
from trail.chain import record

Status = ImportBatch.Status


@transaction.atomic
def set_mapping(batch: ImportBatch, *, mapping: dict[str, Any], by: User, version: str | None = None) -> None:
    """Store the mapping chosen for this file; its source remembers it after the commit. ConflictError."""
    batch = ImportBatch.objects.select_for_update(of=("self",)).select_related("source").get(pk=batch.pk)
    if batch.mapping == mapping:
        return
    expect_shown(batch, shown_mapping(batch), version)
    batch.mapping, batch.mapping_chosen = mapping, True
    batch.save(update_fields=["mapping", "mapping_chosen"])
    record("reports.map_columns", by=by, target=batch, detail={"source": batch.source.name})


def shown_mapping(batch: ImportBatch) -> dict[str, Any]:
    """The values on which the mapping form depends; a change in them is a conflict."""
    return {"mapping": batch.mapping, "status": batch.status}


@transaction.atomic
def reopen_mapping(batch: ImportBatch, *, by: User) -> bool:
    """Return a checked or failed batch to the mapping step, mapping unchanged; False in any other state."""
    moved = ImportBatch.objects.filter(pk=batch.pk, status__in=(Status.CHECKED, Status.FAILED)).update(
        status=Status.UPLOADED, counts={}, refusals=[], reading={}, problem=""
    )
    if moved:
        record("reports.reopen_mapping", by=by, target=batch)
    return bool(moved)


@transaction.atomic
def remember_mapping(batch: ImportBatch) -> None:
    """Store the mapping chosen for a committed import in its source."""
    source = ImportSource.objects.select_for_update().get(pk=batch.source_id)
    ImportBatch.objects.filter(pk=batch.pk).update(prior_mapping=source.mapping)
    if batch.mapping_chosen and source.mapping != batch.mapping:
        _store(source, batch.mapping)
        detail = {"source": source.name, "mapping_version": source.mapping_version}
        record("reports.remember_mapping", by=batch.created_by, target=source, detail=detail)


@transaction.atomic
def restore_mapping(batch: ImportBatch) -> None:
    """Restore the mapping that the source had before an import that is undone.

    A mapping set by a later import stays; if that import is undone too, it restores the same earlier mapping.
    """
    source = ImportSource.objects.select_for_update().get(pk=batch.source_id)
    ImportBatch.objects.filter(source=source, pk__gt=batch.pk, prior_mapping=batch.mapping).update(
        prior_mapping=batch.prior_mapping
    )
    if source.mapping == batch.mapping != batch.prior_mapping:
        _store(source, batch.prior_mapping)


@transaction.atomic
def forget_mapping(source: ImportSource, *, by: User) -> None:
    """Remove the mapping of a source, so that its next file is recognised by its headers."""
    _store(source, {})
    record("reports.map_columns", by=by, target=source, detail={"source": source.name, "forgotten": True})


@transaction.atomic
def forget_part(source: ImportSource, *, part: str, name: str, writing: str = "", by: User) -> bool:
    """Remove one column, one value of a field, or one constant; False when it is not stored."""
    source = ImportSource.objects.select_for_update().get(pk=source.pk)
    return _edit(source, (part, name, writing), lambda given, key: given.pop(key), by, {"forgotten": True})


@transaction.atomic
def change_part(
    source: ImportSource,
    *,
    part: str,
    name: str,
    writing: str = "",
    meaning: str | None,
    version: str,
    by: User,
) -> bool:
    """Give one column, value or constant another meaning, None for not imported.

    False, and nothing is written, when it is not stored or the mapping is no longer of the `version` shown.
    """
    source = ImportSource.objects.select_for_update().get(pk=source.pk)
    if version != str(source.mapping_version):
        return False
    said = {"changed": part}
    return _edit(source, (part, name, writing), lambda given, key: given.update({key: meaning}), by, said)


def _edit(
    source: ImportSource,
    place: tuple[str, str, str],
    write: Callable[[dict[str, Any], str], object],
    by: User,
    detail: dict[str, Any],
) -> bool:
    part, name, writing = place
    mapping = mapping_of(source.mapping)
    columns, constants = dict(mapping.columns), dict(mapping.constants)
    values = {field: dict(given) for field, given in mapping.values.items()}
    parts: dict[str, tuple[dict[str, Any], str]] = {
        "columns": (columns, name),
        "values": (values.get(name, {}), writing),
        "constants": (constants, name),
    }
    given, key = parts.get(part, ({}, ""))
    if key not in given:
        return False
    write(given, key)
    left = FileMapping(columns, {field: said for field, said in values.items() if said}, constants)
    _store(source, left.as_json())
    record("reports.map_columns", by=by, target=source, detail={"source": source.name} | detail)
    return True


def _store(source: ImportSource, mapping: dict[str, Any]) -> None:
    source.mapping, source.updated_at = mapping, timezone.now()
    source.mapping_version += 1
    source.save(update_fields=["mapping", "mapping_version", "updated_at"])
