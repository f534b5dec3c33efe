"""`visible_to`: which rows a user may see, by the departments in which a permission is held."""

from typing import Any, Self, TypeVar

from django.db import models
from django.db.models import Q

from staff.access.withholding import withheld

Row = TypeVar("Row", bound=models.Model)


class DepartmentScoped(models.QuerySet[Row]):
    """Rows that belong to a department, reached by `department_path` from the row."""

    department_path = "department"
    # Path from the row to its report; "" when rows of this kind name no patient, physician or outcome.
    report_path = ""
    # True when the rows reveal outcomes: those about other reports of the patient are withheld as well.
    tells_outcomes = False
    # Path to the one report that the page of a row shows; "" when it shows none, or many.
    opened_path = ""

    def visible_to(self, user: Any, code: str) -> Self:
        """Rows of the departments in which `user` holds permission `code`; none for anyone else.

        Rows about a report that `user` still has to judge blind are left out under every permission.
        """
        reach = user.reach(code) if getattr(user, "is_authenticated", False) else frozenset()
        if reach is None:
            return self.not_withheld_from(user)
        rows = self.filter(**{f"{self.department_path}__in": reach}) if reach else self.none()
        return rows.not_withheld_from(user) if reach else rows

    def not_withheld_from(self, user: Any) -> Self:
        """Rows whose report is not under review by `user`."""
        return self.exclude(self._withheld(user)) if self.report_path else self

    def withheld_from(self, user: Any) -> Self:
        """Rows whose report is under review by `user`."""
        return self.filter(self._withheld(user)) if self.report_path else self.none()

    def _withheld(self, user: Any) -> Q:
        return withheld(user, self.report_path, same_patient=self.tells_outcomes)
