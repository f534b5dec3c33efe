"""申请单 and 危急值记录: papers that belong to an examination whose report may come before or after them.

They name the report by department and number, with no foreign key. Null and empty differ as in a Report.
"""

from django.db import models
from django.db.models import Q

from reports.fields import name_field, precision_field, text_field
from reports.querysets import PaperQuerySet
from staff.models import Department


class ImagingRequest(models.Model):
    """申请单: what the clinician told and asked (6.3.1, 6.5.1), in its newest wording."""

    department = models.ForeignKey(
        Department, models.PROTECT, related_name="imaging_requests", verbose_name="科室"
    )
    request_number = models.CharField("申请单号", max_length=64, null=True, blank=True)
    accession_number = models.CharField("检查号", max_length=64, blank=True)
    patient_id = name_field("受检者ID")
    patient_name = name_field("姓名")
    sex = models.CharField("性别", max_length=10, null=True, blank=True)
    age = models.CharField("年龄", max_length=30, null=True, blank=True)
    age_days = models.PositiveIntegerField(null=True, blank=True)
    birth_on = models.DateField("出生日期", null=True, blank=True)
    requesting_department = name_field("申请科室")
    clinical_diagnosis = text_field("临床诊断")
    clinical_question = text_field("检查目的")
    surgical_history = text_field("手术史")
    requested_examination = models.CharField("申请项目", max_length=300, null=True, blank=True)
    requested_at = models.DateTimeField("申请时间", null=True, blank=True)
    requested_at_precision = precision_field()
    batch = models.ForeignKey(
        "reports.ImportBatch", models.SET_NULL, null=True, related_name="imaging_requests"
    )
    content_hash = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = PaperQuerySet.as_manager()

    class Meta:
        ordering = ("-requested_at", "-id")
        constraints = (
            models.UniqueConstraint(fields=("department", "request_number"), name="request_once"),
            # A file without request numbers tells its rows apart by the examination.
            models.UniqueConstraint(
                fields=("department", "accession_number"),
                condition=Q(request_number__isnull=True),
                name="unnumbered_request_once",
            ),
            models.CheckConstraint(
                condition=~Q(request_number="") & (Q(request_number__isnull=False) | ~Q(accession_number="")),
                name="request_has_a_number",
            ),
        )
        indexes = (models.Index(fields=("department", "accession_number"), name="request_by_accession"),)

    def __str__(self) -> str:
        return self.request_number or self.accession_number


class CriticalAlert(models.Model):
    """危急值记录 (4.1): what was found, when, and who told whom; an examination may have several.

    An incomplete record is kept as it is: that it is incomplete is for the checks to say.
    """

    department = models.ForeignKey(
        Department, models.PROTECT, related_name="critical_alerts", verbose_name="科室"
    )
    accession_number = models.CharField("检查号", max_length=64)
    content = text_field("危急值内容")
    found_at = models.DateTimeField("发现时间", null=True, blank=True)
    found_at_precision = precision_field()
    notified_at = models.DateTimeField("通知时间", null=True, blank=True)
    notified_at_precision = precision_field()
    notified_by = name_field("通知人")
    receiving_department = name_field("接收科室")
    received_by = name_field("接收人")
    batch = models.ForeignKey(
        "reports.ImportBatch", models.SET_NULL, null=True, related_name="critical_alerts"
    )
    content_hash = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = PaperQuerySet.as_manager()

    class Meta:
        ordering = ("-found_at", "-id")
        constraints = (
            # Its index serves the look-up by examination as well.
            models.UniqueConstraint(
                fields=("department", "accession_number", "content_hash"), name="alert_once"
            ),
            models.CheckConstraint(condition=~Q(accession_number=""), name="alert_has_accession"),
        )

    def __str__(self) -> str:
        return self.accession_number
