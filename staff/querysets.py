"""`visible_to`: which rows a user may see, by the departments in which a permission is held."""

from datetime import timedelta
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from staff.domain.usernames import canonical_username
from staff.withholding import withheld

ACCOUNT_DAYS = 7  # so long before its last day an account is pointed out to the administrator


class DepartmentScoped(models.QuerySet[Any]):
    """Rows that belong to a department, reached by `department_path` from the row."""

    department_path = "department"
    # From the row to the report it tells of; "": rows of this kind name no patient, physician or outcome.
    report_path = ""

    def visible_to(self, user: Any, code: str) -> Self:
        """Rows of the departments in which `user` holds permission `code`; none for anyone else.

        Whatever the permission, what tells of a report that `user` has still to judge blind is left out.
        """
        reach = user.reach(code) if getattr(user, "is_authenticated", False) else frozenset()
        if reach is None:
            return self.not_withheld_from(user)
        rows = self.filter(**{f"{self.department_path}__in": reach}) if reach else self.none()
        return rows.not_withheld_from(user) if reach else rows

    def not_withheld_from(self, user: Any) -> Self:
        """Without the rows that tell of a report under review by `user`."""
        return self.exclude(self._withheld(user)) if self.report_path else self

    def withheld_from(self, user: Any) -> Self:
        """The rows that tell of a report under review by `user`."""
        return self.filter(self._withheld(user)) if self.report_path else self.none()

    def _withheld(self, user: Any) -> Q:
        return withheld(user, self.report_path)


class DepartmentQuerySet(DepartmentScoped):
    department_path = "pk"


class UserQuerySet(models.QuerySet[Any]):
    def named(self, typed: str) -> Any:
        """The account of this name in whatever case, width and blanks it was typed; None if there is none.

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

    def visible_to(self, user: Any, code: str) -> Self:
        """Accounts `user` may manage: all, or those whose every role lies in departments of theirs.

        An account with a role elsewhere is left out: else the administrator of one department could reset
        the password of someone who may do more than they.
        """
        reach = user.reach(code) if getattr(user, "is_authenticated", False) else frozenset()
        if reach is None:
            return self
        grants = self.model._meta.get_field("role_grants").related_model.objects
        beyond = grants.filter(Q(department__isnull=True) | ~Q(department__in=reach)).values("user_id")
        return self.filter(role_grants__department__in=reach).exclude(pk__in=beyond).distinct()
