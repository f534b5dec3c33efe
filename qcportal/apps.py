"""The project itself: home page, navigation, roles."""

from importlib import import_module

from django.apps import AppConfig


class QcportalConfig(AppConfig):
    name = "qcportal"
    verbose_name = "放射影像检查报告质控平台"

    def ready(self) -> None:
        import_module("qcportal.server.checks")
