"""留痕: the append-only, hash-chained audit trail."""

from importlib import import_module

from django.apps import AppConfig


class TrailConfig(AppConfig):
    name = "trail"
    verbose_name = "操作留痕"

    def ready(self) -> None:
        import_module("trail.labels").labels()  # a label stated by two apps stops the start, not a page
