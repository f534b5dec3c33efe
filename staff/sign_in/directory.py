"""Passwords of the hospital's directory (LDAP), an extra: requirements-ldap.txt and QC_LDAP_URL.

The directory answers whose password it is, and nothing else: groups grant nothing, roles are granted here. An
account must exist here and be in use, unless QC_LDAP_CREATE makes one, without roles, for whoever signs in.
"""

import logging
from typing import Any, NoReturn

from django.db import transaction
from django.dispatch import receiver
from django_auth_ldap.backend import LDAPBackend, ldap_error

from staff.accounts.models import User
from staff.sign_in.directory_errors import DirectoryUnavailableError
from trail.chain import record

_log = logging.getLogger(__name__)


class DirectoryBackend(LDAPBackend):
    """django-auth-ldap with our rules for accounts; connection and search are its own settings."""

    def authenticate_ldap_user(self, ldap_user: Any, password: str) -> User | None:
        with transaction.atomic():
            user: User | None = super().authenticate_ldap_user(ldap_user, password)
            if user is None or not user.is_active:
                return None
            if getattr(user, "is_new_here", False):
                record("staff.account_create", by=None, target=user, detail={"username": user.username})
        return user

    def get_or_build_user(self, username: str, ldap_user: Any) -> tuple[User, bool]:
        """The account of this name, however it is written; a new one is saved only with QC_LDAP_CREATE."""
        account = User.accounts.named(username)
        if account is not None:
            return account, False
        made = User(username=username)
        made.is_new_here = True  # type: ignore[attr-defined]  # read above, once it has been saved
        return made, True


@receiver(ldap_error)
def unavailable(sender: Any, context: str, exception: Exception, **more: Any) -> NoReturn:
    """A directory that does not answer is no wrong password: the person is told so."""
    _log.error("directory unavailable (%s): %s", context, type(exception).__name__)
    raise DirectoryUnavailableError from exception
