"""What the watch remembers between two rounds, in the database that all processes share."""

from django.db import models


class WatchState(models.Model):
    """A named moment with a value: the worker's heartbeat, how far the trail was forwarded, an alert."""

    key = models.CharField(max_length=60, primary_key=True)
    at = models.DateTimeField()
    value = models.JSONField(default=dict)

    class Meta:
        ordering = ("key",)

    def __str__(self) -> str:
        return f"{self.key} {self.at:%Y-%m-%d %H:%M:%S}"
