"""抽样评审: draws, cases, reviews and rulings."""

from importlib import import_module

from django.apps import AppConfig

from staff.access.open_work import register_work
from staff.access.openings import on_opening
from staff.access.withholding import withhold


class AuditsConfig(AppConfig):
    name = "audits"
    verbose_name = "抽样评审"

    def ready(self) -> None:
        register_guard = import_module("reports.corrections.guards").register_guard
        register_work(import_module("audits.hooks.open_work").WORK)
        withheld = import_module("audits.hooks.withheld")
        withhold(withheld.WITHHELD)
        on_opening(withheld.record_openings)
        register_guard(import_module("audits.hooks.guards").outcome_objection)
        uses = import_module("reports.archive.uses")
        uses.register_uses(import_module("audits.hooks.uses").report_uses)
        holds = import_module("audits.hooks.holds")
        uses.register_holds("report", holds.report_holds)
        uses.register_holds("outcome", holds.outcome_holds)
