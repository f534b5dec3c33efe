"""Django's database sessions with the columns of StoredSession (settings.SESSION_ENGINE)."""

from datetime import UTC, datetime
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from staff.sign_in.middleware import SEEN, STARTED

IP, DEVICE = "ip", "device"


class SessionStore(DatabaseStore):
    """Writes the account, its device and times beside the data."""

    @classmethod
    def get_model_class(cls) -> type:
        from staff.sessions.models import StoredSession

        return StoredSession

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        row: Any = super().create_model_instance(data)
        row.account_id = data.get(SESSION_KEY)
        row.ip, row.device = data.get(IP, ""), data.get(DEVICE, "")
        row.started_at, row.seen_at = _moment(data.get(STARTED)), _moment(data.get(SEEN))
        return row


def _moment(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
