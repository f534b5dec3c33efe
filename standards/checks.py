"""System checks: `manage.py check` refuses a standard that contradicts itself."""

from typing import Any

from django.core.checks import Error, register

from standards.consistency import inconsistencies
from standards.loader import CURRENT, edition_ids, read_edition


@register("standards")
def editions_are_sound(app_configs: Any = None, **kwargs: Any) -> list[Error]:
    """E001 unreadable edition, E002 inconsistency within one, E003 the current one is missing."""
    errors: list[Error] = []
    for edition_id in edition_ids():
        try:
            problems = inconsistencies(read_edition(edition_id))
        except ValueError as error:
            errors.append(Error(str(error), id="standards.E001"))
        else:
            errors += [Error(f"edition {edition_id}: {text}", id="standards.E002") for text in problems]
    if CURRENT not in edition_ids():
        errors.append(Error(f"the current edition {CURRENT} is not installed", id="standards.E003"))
    return errors
