"""标准: the standard as data, and the pages that show it."""

from importlib import import_module

from django.apps import AppConfig


class StandardsConfig(AppConfig):
    name = "standards"
    verbose_name = "标准条款"

    def ready(self) -> None:
        import_module("standards.checks")
