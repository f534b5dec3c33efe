"""One table: what happened, to what, by whom, from where. Rows are only ever added.

Foreign keys are not used: an event must outlive its rows. The database itself refuses
UPDATE and DELETE (triggers made in migration 0002), and each row carries the hash of the one before it,
so an edited, inserted or removed row is found by `manage.py verify_trail`.
"""

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
        )

    def __str__(self) -> str:
        return f"{self.seq} {self.action}"
