"""What a person chose about notices, and the secret address of the own calendar."""

from django.conf import settings
from django.db import models

_USER = settings.AUTH_USER_MODEL


class NoticeSetting(models.Model):
    """Whether a person wants the daily digest (yes, until they say no), and the day of the last one."""

    user = models.OneToOneField(_USER, models.CASCADE, related_name="notice_setting")
    digest = models.BooleanField("每日待办提醒", default=True)
    digested_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ("user_id",)

    def __str__(self) -> str:
        return f"{self.user_id} {self.digest}"


class CalendarAddress(models.Model):
    """The address under which a calendar program reads a person's deadlines; stored as a hash only.

    `window_at` and `window_count` limit how often it is read; `used_on` is the last day with an event.
    """

    user = models.OneToOneField(_USER, models.CASCADE, related_name="calendar_address")
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    used_on = models.DateField(null=True, blank=True)
    window_at = models.DateTimeField(null=True, blank=True)
    window_count = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("user_id",)

    def __str__(self) -> str:
        return f"{self.user_id} {self.created_at:%Y-%m-%d}"
