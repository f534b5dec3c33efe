"""The public holidays of this installation (settings.QC_HOLIDAYS_FILE)."""

from functools import lru_cache
from pathlib import Path

import yaml
from django.conf import settings

from staff.accounts.domain.workdays import Holidays, parse_holidays


@lru_cache(maxsize=1)
def holidays() -> Holidays:
    """The days of the file; ValueError on anything it does not know, OSError when it cannot be read."""
    path = Path(settings.QC_HOLIDAYS_FILE)
    return parse_holidays(yaml.safe_load(path.read_text(encoding="utf-8")), source=path.name)
