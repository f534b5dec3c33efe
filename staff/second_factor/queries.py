"""Who needs a second factor, and what is stored of one's own."""

from django.conf import settings

from staff.accounts.models import User


def is_required(user: User) -> bool:
    """Must this person sign in with a second factor (settings.QC_SECOND_FACTOR)?"""
    if settings.QC_SECOND_FACTOR == "off":
        return False
    if settings.QC_SECOND_FACTOR == "all":
        return True
    return any(user.may(code) for code in settings.QC_SECOND_FACTOR_PERMISSIONS)


def is_due(user: User) -> bool:
    """Must a second factor be set up before anything else?"""
    return user.second_factor_at is None and is_required(user)


def recovery_codes_left(user: User) -> int:
    """How many recovery codes were not used yet."""
    left: int = user.recovery_codes.filter(used_at=None).count()
    return left
