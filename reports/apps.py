"""检查报告 (Appendix A): reports, revisions, outcomes."""

from importlib import import_module
from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ReportsConfig(AppConfig):
    name = "reports"
    verbose_name = "检查报告"

    def ready(self) -> None:
        import_module("reports.checks")
        post_migrate.connect(_watch_reports, sender=self)


def _watch_reports(**_: Any) -> None:
    from reports.kept_periods import REPORTS_TABLE
    from staff.stamps import watch

    watch(REPORTS_TABLE)
