"""Times as signed content and packets print them."""

from datetime import datetime

from django.utils import timezone


def stamp(moment: datetime | None) -> str:
    """2025-09-08 10:24 in Beijing time; "" when not known."""
    return timezone.localtime(moment).strftime("%Y-%m-%d %H:%M") if moment else ""
