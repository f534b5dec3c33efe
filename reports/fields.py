"""Choices and kinds of columns that several tables of this app share."""

from django.db import models


class System(models.TextChoices):
    """Strata of Table B.1 section 2; `other` may only fill up (DOMAIN 2)."""

    NERVOUS = "nervous", "神经"
    RESPIRATORY = "respiratory", "呼吸"
    DIGESTIVE_UROGENITAL = "digestive_urogenital", "消化及泌尿生殖"
    SKELETAL = "skeletal", "骨骼"
    CIRCULATORY = "circulatory", "循环"
    OTHER = "other", "其他"


class Modality(models.TextChoices):
    """Kinds of examination of 6.3.3 (D-25); the device's own code is in `modality_code`."""

    DR = "DR", "X线"
    CT = "CT", "CT"
    MRI = "MRI", "MRI"


class Precision(models.TextChoices):
    """Precision of a given time; a date alone is a finding of 6.2.2, not midnight."""

    SECOND = "second", "秒"
    MINUTE = "minute", "分"
    DAY = "day", "日"
    NONE = "", "未给出"


def text_field(label: str) -> "models.TextField[str | None, str | None]":
    return models.TextField(label, null=True, blank=True)


def name_field(label: str) -> "models.CharField[str | None, str | None]":
    return models.CharField(label, max_length=100, null=True, blank=True)


def precision_field() -> "models.CharField[str | None, str | None]":
    """Precision of a time field: null when the file had no such column, empty when its cell was empty."""
    return models.CharField(max_length=6, choices=Precision, null=True, blank=True)
