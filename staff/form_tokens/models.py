"""Receipts of forms that have changed something."""

from datetime import timedelta

from django.db import models
from django.utils import timezone


class SentForm(models.Model):
    """A form that has been carried out. Hashes only: nothing of what was typed is stored.

    `key` is of person, token, address and content; `form` of the first three, to recognise the same form
    sent again with other content. `request` tells the requests of one form apart. `answer`: the address to
    which the first one was sent once it was `answered`, "" for a page that is shown once.
    """

    key = models.CharField(max_length=64, unique=True)
    form = models.CharField(max_length=64, db_index=True)
    request = models.CharField(max_length=32)
    answered = models.BooleanField(default=False)
    answer = models.CharField(max_length=500, blank=True)
    sent_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        ordering = ("-sent_at", "-id")

    def __str__(self) -> str:
        return f"{self.sent_at:%Y-%m-%d %H:%M} {self.answer}"

    @property
    def may_be_at_work(self) -> bool:
        """Is the request that wrote it not answered yet, and not killed either?"""
        return not self.answered and timezone.now() - self.sent_at < timedelta(seconds=30)
