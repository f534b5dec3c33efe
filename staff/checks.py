"""System check: roles.yaml is sound."""

from typing import Any

from django.core.checks import Error, register

from staff.permissions import policy


@register()
def roles_are_sound(app_configs: Any, **kwargs: Any) -> list[Error]:
    try:
        policy()
    except (OSError, ValueError, KeyError, TypeError) as error:
        return [Error(f"roles file unusable: {error}", id="staff.E001")]
    return []
