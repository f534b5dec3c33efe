"""The tables of this app, listed for Django; import them from their own modules."""

from qcportal.watching.models import WatchState  # noqa: F401
