"""System checks: roles.yaml, the kinds of qualification and the holidays are sound."""

from typing import Any

import yaml
from django.core.checks import Error, register

from staff.access.permissions import policy
from staff.accounts.holidays import holidays
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


@register()
def holidays_are_sound(app_configs: Any, **kwargs: Any) -> list[Error]:
    try:
        holidays()
    except (OSError, ValueError, yaml.YAMLError) as error:
        return [Error(f"holidays file unusable: {error}", id="staff.E003")]
    return []
