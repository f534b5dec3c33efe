"""What happened, to what, by whom, from where: rows are only ever added. And where old ones were cut.

Foreign keys are not used: an event must outlive its rows. The database itself refuses UPDATE and DELETE
(triggers; what lies before a checkpoint may be deleted), and each row carries the hash of the one before it,
so an edited, inserted or removed row is found by `manage.py verify_trail`.
"""

from typing import Any

from django.db import models

from trail.querysets import EventQuerySet


class Event(models.Model):
    """An entry of the trail. `seq` has no gaps; `hash` covers every other column and `previous_hash`."""

    seq = models.PositiveBigIntegerField(unique=True)
    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=150)
    actor_roles = models.CharField(max_length=200, blank=True)
    ip = models.CharField(max_length=45, blank=True)
    action = models.CharField(max_length=80)
    target_type = models.CharField(max_length=80, blank=True)
    target_id = models.CharField(max_length=64, blank=True)
    department_id = models.BigIntegerField(null=True)
    result = models.CharField(max_length=20, default="done")
    detail = models.JSONField(default=dict)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering = ("-seq",)
        indexes = (
            models.Index(fields=("target_type", "target_id", "-seq"), name="trail_target"),
            models.Index(fields=("department_id", "-seq"), name="trail_department"),
            models.Index(fields=("action", "-seq"), name="trail_action"),
            models.Index(fields=("at",), name="trail_at"),
        )

    def __str__(self) -> str:
        return f"{self.seq} {self.action}"


class Checkpoint(models.Model):
    """A cut of the trail: the events up to `through_seq` were removed, but for the `kept` ones.

    `hash` is that of the last event up to there, `kept_hash` covers those that stay. Rows are only added.
    """

    ACTION = "trail.purge"  # its event in the trail

    through_seq = models.PositiveBigIntegerField(unique=True)
    hash = models.CharField(max_length=64)
    cut = models.PositiveBigIntegerField()
    kept = models.PositiveBigIntegerField()
    kept_hash = models.CharField(max_length=64)
    asked_by = models.CharField(max_length=150)
    confirmed_by = models.CharField(max_length=150)
    at = models.DateTimeField()

    class Meta:
        ordering = ("-through_seq",)

    def __str__(self) -> str:
        return f"{self.through_seq} {self.at:%Y-%m-%d}"

    @property
    def facts(self) -> dict[str, Any]:
        """What its event in the trail states as well."""
        return {name: getattr(self, name) for name in ("through_seq", "hash", "cut", "kept", "kept_hash")}
