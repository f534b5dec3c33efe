"""The sessions of one account that are still in force."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from staff.accounts.models import User
from staff.sessions.models import StoredSession


@dataclass(frozen=True)
class OwnSession:
    """A session as its owner sees it. `name` stands for the key, which is a secret and on no page."""

    key: str
    name: str
    device: str
    ip: str
    started_at: datetime | None
    seen_at: datetime | None
    is_current: bool


def own_sessions(user: User, current: str | None) -> list[OwnSession]:
    """The account's sessions, the present one first, then the last seen; one query."""
    now = timezone.now()
    idle = Q(seen_at__gte=now - timedelta(minutes=settings.QC_IDLE_MINUTES)) | Q(seen_at=None)
    rows = StoredSession.objects.filter(idle, account_id=user.pk, expire_date__gt=now)
    valid = user.get_session_auth_hash()
    found = [
        OwnSession(
            row.session_key,
            sha256(row.session_key.encode()).hexdigest()[:16],
            row.device or "未知设备",
            row.ip,
            row.started_at,
            row.seen_at,
            row.session_key == current,
        )
        for row in rows.order_by("-seen_at")
        # A changed password has ended the others already.
        if constant_time_compare(row.get_decoded().get(HASH_SESSION_KEY, ""), valid)
    ]
    return sorted(found, key=lambda one: not one.is_current)
