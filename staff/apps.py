"""Institutions, departments, people and what each may do."""

from importlib import import_module

from django.apps import AppConfig


class StaffConfig(AppConfig):
    name = "staff"
    verbose_name = "人员"

    def ready(self) -> None:
        import_module("staff.checks")
        import_module("staff.sessions.signals")
        import_module("staff.sign_in.signals")
        import_module("staff.retention.kinds").register()
        step_up = import_module("staff.access.step_up")
        step_up.ask_with(import_module("staff.sign_in.confirmation").ask_for_confirmation)
