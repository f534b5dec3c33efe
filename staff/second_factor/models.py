"""The device of a person and the recovery codes that stand in for it."""

from typing import Any

from django.db import models

from staff.accounts.models import User


class SecondFactor(models.Model):
    """The authenticator app of one person. The secret is encrypted and never shown again after set-up."""

    user = models.OneToOneField(User, models.CASCADE, related_name="second_factor", verbose_name="账号")
    secret = models.CharField(max_length=200, blank=True)
    # The newest time step whose code was accepted: no code is accepted twice.
    last_step = models.BigIntegerField(default=-1)
    # Somebody else removed the device; emptied once the person has been notified.
    reset_at = models.DateTimeField(null=True, blank=True)
    reset_by = models.CharField("重设人", max_length=50, blank=True)

    def __str__(self) -> str:
        return f"{self.user_id}"


class RecoveryCode(models.Model):
    """The keyed hash of a code that stands in for the device once."""

    user = models.ForeignKey(User, models.CASCADE, related_name="recovery_codes", verbose_name="账号")
    digest = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True, blank=True)

    objects: Any = models.Manager()

    class Meta:
        ordering = ("pk",)
        constraints = (models.UniqueConstraint(fields=("user", "digest"), name="recovery_code_once"),)

    def __str__(self) -> str:
        return f"{self.user_id} {self.pk}"
