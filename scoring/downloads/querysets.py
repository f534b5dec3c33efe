"""Querysets of grants."""

from typing import Self

from django.utils import timezone

from staff.querysets import DepartmentScoped


class PacketGrantQuerySet(DepartmentScoped):
    department_path = "sheet__audit__department"

    def in_force(self) -> Self:
        """Grants whose last day has not passed."""
        return self.filter(until__gte=timezone.localdate())
