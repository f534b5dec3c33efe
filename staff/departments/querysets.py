"""Departments a user may see."""

from staff.access.querysets import DepartmentScoped


class DepartmentQuerySet(DepartmentScoped):
    department_path = "pk"
