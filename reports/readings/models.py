"""The table of the read audit."""

from django.conf import settings
from django.db import models

from staff.access.querysets import DepartmentScoped, Row
from staff.departments.models import Department


class ReadingQuerySet(DepartmentScoped[Row]):
    report_path = "report_id"  # the number of a report is withheld from its readers too


class Reading(models.Model):
    """A report was opened by a person within an hour, first `through` this kind of page or file.

    The report is no foreign key: the row outlives a report whose import is undone. It holds no name.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    department = models.ForeignKey(Department, models.PROTECT, related_name="+")
    report_id = models.BigIntegerField()
    accession_number = models.CharField("检查号", max_length=64)
    hour = models.DateTimeField()
    at = models.DateTimeField("首次打开")
    through = models.CharField("途径", max_length=80)

    objects = ReadingQuerySet.as_manager()

    class Meta:
        ordering = ("-id",)
        constraints = (models.UniqueConstraint(fields=("user", "report_id", "hour"), name="reading_once"),)
        indexes = (
            models.Index(fields=("department", "-id"), name="reading_recent"),
            models.Index(fields=("department", "hour"), name="reading_by_hour"),
            models.Index(fields=("accession_number", "-id"), name="reading_by_number"),
            models.Index(fields=("report_id", "-id"), name="reading_by_report"),
            models.Index(fields=("user", "-id"), name="reading_by_user"),
            models.Index(fields=("through", "-id"), name="reading_by_through"),
        )

    def __str__(self) -> str:
        return f"{self.accession_number} {self.at:%Y-%m-%d %H:%M}"
