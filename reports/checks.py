"""System checks: what `manage.py check` says of the text checks' accelerator."""

from typing import Any

from django.core.checks import Info, register

from reports.domain.textcheck import ACCELERATOR


@register("reports")
def accelerator_is_of_these_sources(app_configs: Any = None, **kwargs: Any) -> list[Info]:
    """I001 the compiled text checks were built from other sources, so they are not used."""
    if ACCELERATOR != "stale":
        return []
    return [
        Info(
            "The compiled text checks were built from other sources; the checks run as they are.",
            hint="Run bin/accelerate again, or remove the folder `accelerated` of the Python environment.",
            id="reports.I001",
        )
    ]
