"""System checks: roles.yaml, kinds of qualification and holidays are sound, a second factor is required."""

from typing import Any

import yaml
from django.conf import settings
from django.core.checks import Error, Tags, Warning, register

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


@register(Tags.security, deploy=True)
def second_factor_is_required(app_configs: Any, **kwargs: Any) -> list[Warning]:
    """Off is for demonstrations and tests (docs/quality.md T5)."""
    if settings.QC_SECOND_FACTOR == "off":
        text = "QC_SECOND_FACTOR=off：管理员和审计员只凭密码即可登录，正式环境请用 privileged 或 all。"
        return [Warning(text, id="staff.W001")]
    return []
