"""Match incoming values to a stored record, and apply what they add."""

from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any

from django.db import models

from staff.intake.values import IncomingRecord
from staff.register.models import Qualification

_NAMES = tuple(f.name for f in fields(IncomingRecord))


def match(records: Iterable[Qualification], values: IncomingRecord) -> Qualification | None:
    """The stored record that the values describe; None when there is none.

    A course is known by its day (and organiser or device), a certificate by its number; where a person holds
    one certificate of a kind, another number is its renewal or correction.
    """
    same = [record for record in records if record.type == values.type]
    if values.type == "radiation_training":
        return _first(
            r for r in same if r.issued_on == values.issued_on and _agree(r.organiser, values.organiser)
        )
    if values.type == "equipment_training":
        return _first(
            r
            for r in same
            if (r.issued_on, r.modality) == (values.issued_on, values.modality)
            and _agree(r.device_model, values.device_model)
        )
    if values.type == "image_quality_appraisal":
        return _first(r for r in same if r.issued_on == values.issued_on)
    numbered = [r for r in same if values.number and r.number == values.number]
    return _first(numbered) or (same[0] if len(same) == 1 else _first(r for r in same if not values.number))


def details_of(record: Qualification, values: IncomingRecord) -> dict[str, Any]:
    """The changes the values would make; empty values change nothing."""
    given = {name: getattr(values, name) for name in _NAMES}
    return {
        name: value
        for name, value in given.items()
        if value not in ("", None) and getattr(record, name) != value
    }


def apply(record: Qualification, values: IncomingRecord) -> None:
    """Set the non-empty values on the record."""
    for name, value in details_of(record, values).items():
        setattr(record, name, value)
    if record.pk is None:
        record.result = values.result


def too_long(model: type[models.Model], values: Mapping[str, Any]) -> str:
    """A sentence for the first text that does not fit its column; "" when all do."""
    for name, value in values.items():
        column = model._meta.get_field(name)
        if not isinstance(column, models.Field) or not isinstance(value, str):
            continue
        limit = column.max_length
        if limit and len(value) > limit:
            return f"{column.verbose_name}有{len(value)}个字，上限为{limit}个。"
    return ""


def _agree(one: str, other: str) -> bool:
    return one == other or not one or not other


def _first(found: Iterable[Qualification]) -> Qualification | None:
    return next(iter(found), None)
