"""System checks: roles.yaml and the kinds of qualification are sound."""

from typing import Any

from django.core.checks import Error, register

from staff.access.permissions import policy
from staff.register.qualification_rules import qualification_rules


@register()
def roles_are_sound(app_configs: Any, **kwargs: Any) -> list[Error]:
    try:
        policy()
    except (OSError, ValueError, KeyError, TypeError) as error:
        return [Error(f"roles file unusable: {error}", id="staff.E001")]
    return []


@register()
def qualification_rules_are_sound(app_configs: Any, **kwargs: Any) -> list[Error]:
    try:
        qualification_rules()
    except (OSError, ValueError) as error:
        return [Error(f"qualifications file unusable: {error}", id="staff.E002")]
    return []
