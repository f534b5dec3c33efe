"""检查报告 (Appendix A): reports, revisions, outcomes."""

from importlib import import_module

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"
    verbose_name = "检查报告"

    def ready(self) -> None:
        import_module("reports.checks")
