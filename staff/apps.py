"""Institutions, departments, people and what each may do."""

from importlib import import_module
from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class StaffConfig(AppConfig):
    name = "staff"
    verbose_name = "人员"

    def ready(self) -> None:
        import_module("staff.checks")
        import_module("staff.signals")
        post_migrate.connect(_watch_register, sender=self)


def _watch_register(**_: Any) -> None:
    from staff.stamps import REGISTER_TABLES, begin, watch

    begin()
    watch(*REGISTER_TABLES)
