"""Import sources and batches, and what is imported beside reports: imaging requests and critical alerts."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from reports.fields import name_field, precision_field, text_field
from reports.imports.querysets import ExamRecordQuerySet, ImportBatchQuerySet
from staff.access.querysets import DepartmentScoped
from staff.departments.models import Department


class ImportSource(models.Model):
    """导入来源: one export of one RIS, with the column mapping a person confirmed for it."""

    class Kind(models.TextChoices):
        REPORTS = "reports", "检查报告"
        OUTCOMES = "outcomes", "结局"
        REQUESTS = "requests", "申请单"
        ALERTS = "alerts", "危急值记录"
        STAFF = "staff", "人员登记表"

    department = models.ForeignKey(Department, models.CASCADE, related_name="sources", verbose_name="科室")
    name = models.CharField("来源名称", max_length=60)
    kind = models.CharField("内容", max_length=10, choices=Kind, default=Kind.REPORTS)
    mapping = models.JSONField("列对应", default=dict, blank=True)
    mapping_version = models.PositiveIntegerField("列对应版本", default=0)
    keeps_lines = models.BooleanField("保留换行", default=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = DepartmentScoped.as_manager()

    class Meta:
        ordering = ("department_id", "kind", "name")
        constraints = (models.UniqueConstraint(fields=("department", "kind", "name"), name="source_once"),)

    def __str__(self) -> str:
        return self.name


class ImportBatch(models.Model):
    """One imported file: uploaded, tried out (dry run), committed. Also the job's progress row."""

    class Status(models.TextChoices):
        UPLOADED = "uploaded", "待核对列"
        CHECKING = "checking", "试导入中"
        CHECKED = "checked", "待确认"
        COMMITTING = "committing", "导入中"
        DONE = "done", "已完成"
        FAILED = "failed", "未能导入"
        CANCELLED = "cancelled", "已取消"
        UNDOING = "undoing", "撤销中"
        UNDONE = "undone", "已撤销"
        STOPPING = "stopping", "中止中"
        STOPPED = "stopped", "已中止"

    # States in which a process works on the batch, or should.
    RUNNING = (Status.CHECKING, Status.COMMITTING, Status.STOPPING, Status.UNDOING)
    # States in which rows of the file are stored: they can be undone.
    IMPORTED = (Status.DONE, Status.STOPPED)

    department = models.ForeignKey(Department, models.PROTECT, related_name="import_batches")
    source = models.ForeignKey(ImportSource, models.PROTECT, related_name="batches")
    kind = models.CharField(max_length=10, choices=ImportSource.Kind)
    status = models.CharField(max_length=12, choices=Status, default=Status.UPLOADED)
    file = models.FileField(upload_to="imports/")
    file_name = models.CharField("文件名", max_length=255)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    mapping = models.JSONField(default=dict)
    # A person chose `mapping` for this file; otherwise it is what the source remembered at the upload.
    mapping_chosen = models.BooleanField(default=False)
    # The source's mapping before this import was committed: an undo restores it.
    prior_mapping = models.JSONField(default=dict)
    # How the file was read: labels of the columns, their fields, lines passed over, unknown values.
    reading = models.JSONField(default=dict)
    progress_done = models.PositiveIntegerField(default=0)
    progress_total = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict)
    refusals = models.JSONField(default=list)
    problem = models.TextField(blank=True)
    # The job's last sign of life, its process, and how often it was killed since its last chunk.
    beat_at = models.DateTimeField(null=True)
    process = models.CharField(max_length=100, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    # Stopped before the last row: its source never remembered the mapping, and an undo leaves it 已中止.
    is_partial = models.BooleanField(default=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True)
    undo_reason = models.CharField("撤销理由", max_length=300, blank=True)
    # 更正导入: the same file under a corrected mapping, and its differences from the stored rows.
    corrects = models.ForeignKey("self", models.PROTECT, null=True, related_name="corrected_by")
    correction_reason = models.CharField("更正理由", max_length=300, blank=True)
    comparison = models.JSONField(default=dict)

    objects = ImportBatchQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-id")
        constraints = (
            models.CheckConstraint(
                condition=Q(corrects__isnull=True) | ~Q(correction_reason=""),
                name="import_correction_has_reason",
            ),
        )

    def __str__(self) -> str:
        return self.file_name

    @property
    def imported_rows(self) -> int:
        """Rows stored, or stored before with the same content."""
        names = ("created", "updated", "completed", "corrected", "unchanged")
        return sum(self.counts.get(name, 0) for name in names)

    @property
    def remaining_rows(self) -> int:
        return self.progress_total - self.progress_done


class PriorState(models.Model):
    """The prior state of a row that an import changed, so that the import can be undone.

    `values` contains the changed fields with their previous values (dates in ISO form, Beijing wall time); a
    row that the import created has no prior state. Written in the transaction of the change, once per batch
    and row.
    """

    class Kind(models.TextChoices):
        REPORT = "report", "检查报告"
        REVISION = "revision", "报告版本"
        REQUEST = "request", "申请单"
        ALERT = "alert", "危急值记录"

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="prior_states")
    kind = models.CharField(max_length=10, choices=Kind)
    row_id = models.PositiveBigIntegerField()
    values = models.JSONField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("kind", "row_id", "batch"), name="prior_state_once"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.row_id}"


class ImagingRequest(models.Model):
    """申请单: clinical information and question of an examination (6.3.1, 6.5.1), newest content only."""

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

    objects = ExamRecordQuerySet.as_manager()

    class Meta:
        ordering = ("-requested_at", "-id")
        constraints = (
            models.UniqueConstraint(fields=("department", "request_number"), name="request_once"),
            # Without request numbers, the rows of a file are distinguished by the examination.
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
    """危急值记录 (4.1): the finding, its time, who notified and who received; several per examination.

    An incomplete record is stored as it is: the checks report what is missing.
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

    objects = ExamRecordQuerySet.as_manager()

    class Meta:
        ordering = ("-found_at", "-id")
        constraints = (
            # Its index is also used for the look-up by examination.
            models.UniqueConstraint(
                fields=("department", "accession_number", "content_hash"), name="alert_once"
            ),
            models.CheckConstraint(condition=~Q(accession_number=""), name="alert_has_accession"),
        )

    def __str__(self) -> str:
        return self.accession_number
