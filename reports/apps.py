"""检查报告 (Appendix A): reports, revisions, outcomes."""

from importlib import import_module

from django.apps import AppConfig

from staff.access.open_work import register_work
from staff.access.openings import on_opening


class ReportsConfig(AppConfig):
    name = "reports"
    verbose_name = "检查报告"

    def ready(self) -> None:
        register_work(import_module("reports.imports.waiting").WORK)
        on_opening(import_module("reports.readings.actions").record_readings)
        import_module("reports.retention.kinds").register()
