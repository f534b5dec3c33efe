"""`visible_to`: which rows a user may see, by the departments in which a permission is held."""

from typing import Any, Self

from django.db import models


class DepartmentScoped(models.QuerySet[Any]):
    """Rows that belong to a department, reached by `department_path` from the row."""

    department_path = "department"

    def visible_to(self, user: Any, code: str) -> Self:
        """Rows of the departments in which `user` holds permission `code`; none for anyone else."""
        reach = user.reach(code) if getattr(user, "is_authenticated", False) else frozenset()
        if reach is None:
            return self
        return self.filter(**{f"{self.department_path}__in": reach}) if reach else self.none()


class DepartmentQuerySet(DepartmentScoped):
    department_path = "pk"
