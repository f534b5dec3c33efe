"""评分表: Table B.1, its sign-off and the packet."""

from importlib import import_module

from django.apps import AppConfig


class ScoringConfig(AppConfig):
    name = "scoring"
    verbose_name = "评分表"

    def ready(self) -> None:
        import_module("scoring.unmasking.kinds").register()
