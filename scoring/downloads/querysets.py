"""Querysets of grants."""

from typing import Self

from django.utils import timezone

from staff.access.querysets import DepartmentScoped, Row


class PacketGrantQuerySet(DepartmentScoped[Row]):
    department_path = "sheet__audit__department"

    def for_page(self) -> Self:
        """With the sheet and the inspector a message names."""
        return self.select_related("sheet__audit", "inspector")

    def in_force(self) -> Self:
        """Grants whose last day has not passed."""
        return self.filter(until__gte=timezone.localdate())
