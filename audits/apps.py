"""抽样评审: draws, cases, reviews and rulings."""

from django.apps import AppConfig


class AuditsConfig(AppConfig):
    name = "audits"
    verbose_name = "抽样评审"
