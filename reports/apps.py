"""检查报告 (Appendix A): reports, revisions, outcomes."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"
    verbose_name = "检查报告"
