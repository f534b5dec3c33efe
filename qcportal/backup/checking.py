"""Is this installation whole? Trail, anchors, signed records, packet files, and a file for each row."""

from typing import Any

from django.apps import apps
from django.core.files.storage import default_storage
from django.db import models

from scoring.records.queries import verify_records

_NAMED = 20


def installation_problems() -> dict[str, Any]:
    """{"holds", "problems": first sentences, "missing": names of files that rows name}. Reads only."""
    found = verify_records()
    missing = _missing_files()
    return {
        "holds": found.holds,
        "problems": [difference.text for difference in found.differences[:_NAMED]],
        "missing": missing,
    }


def _missing_files() -> list[str]:
    found = []
    for model in apps.get_models():
        for field in model._meta.local_fields:
            if isinstance(field, models.FileField):
                # The base manager: a row that a default manager hides has its file all the same.
                rows = model._base_manager.exclude(**{field.name: ""}).values_list(field.name, flat=True)
                found += [name for name in rows.iterator(chunk_size=2000) if not default_storage.exists(name)]
    return sorted(set(found))
