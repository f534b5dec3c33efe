"""Accounts by name, by end, and those a user may manage."""

from datetime import timedelta
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from staff.accounts.domain.usernames import canonical_username

ACCOUNT_DAYS = 7  # so long before its last day an account is pointed out to the administrator


class UserQuerySet(models.QuerySet[Any]):
    def named(self, typed: str) -> Any:
        """The account of this name, ignoring case, width and blanks; None if there is none.

        The database narrows, the rule decides: what databases call equal in case differs from one to another.
        Accounts that differ in case only, made before that was refused, are found by the exact name.
        """
        name = canonical_username(typed)
        # No stored name is longer; SQLite takes no pattern of more than 50,000 bytes.
        rows = self.filter(Q(username__iexact=name[:150]) | Q(username=typed.strip()))
        found = [user for user in rows if canonical_username(user.username) == name]
        exact = [user for user in found if user.username == typed.strip()]
        return exact[0] if exact else found[0] if len(found) == 1 else None

    def ending_within(self, days: int) -> Self:
        """Accounts in use whose last day is today or at most `days` days off."""
        today = timezone.localdate()
        return self.filter(is_active=True, expires_on__range=(today, today + timedelta(days=days)))

    def dormant(self, days: int) -> Self:
        """Accounts in use that nobody has signed in with for `days` days since they were made or enabled."""
        since = timezone.now() - timedelta(days=days)
        quiet = Q(last_login__lt=since) | Q(last_login=None, date_joined__lt=since)
        return self.filter(quiet, is_active=True).exclude(enabled_at__gte=since)

    def visible_to(self, user: Any, code: str) -> Self:
        """Accounts `user` may manage: all, or those with roles only in departments that `user` administers.

        An account with a role elsewhere is left out: else the administrator of one department could reset
        the password of someone who may do more than they.
        """
        reach = user.reach(code) if getattr(user, "is_authenticated", False) else frozenset()
        if reach is None:
            return self
        grants = self.model._meta.get_field("role_grants").related_model.objects
        beyond = grants.filter(Q(department__isnull=True) | ~Q(department__in=reach)).values("user_id")
        # A new account's first role may still wait for its confirmation.
        asked = self.model._meta.get_field("grant_requests").related_model.objects
        inside = Q(role_grants__department__in=reach) | Q(
            pk__in=asked.pending().filter(department__in=reach).values("user_id")
        )
        return self.filter(inside).exclude(pk__in=beyond).distinct()
