"""A session as it is stored, with what its owner is shown of it."""

from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models


class StoredSession(AbstractBaseSession):
    """One session. `account_id` is empty before the sign-in; no foreign key, as it outlives no account."""

    account_id = models.BigIntegerField(null=True, db_index=True)
    ip = models.CharField("地址", max_length=45, blank=True)
    device = models.CharField("设备", max_length=60, blank=True)
    started_at = models.DateTimeField("登录时间", null=True)
    seen_at = models.DateTimeField("最近活动", null=True)

    class Meta(AbstractBaseSession.Meta):
        abstract = False

    @classmethod
    def get_session_store_class(cls) -> type:
        from staff.sessions.store import SessionStore

        return SessionStore
