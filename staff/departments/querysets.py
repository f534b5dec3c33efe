"""Departments a user may see."""

from staff.access.querysets import DepartmentScoped, Row


class DepartmentQuerySet(DepartmentScoped[Row]):
    department_path = "pk"
