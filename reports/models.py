"""Report with all elements of Table A.1, its revisions (4.5), outcomes, and the imports they came by.

Null text means "not known" (the export had no such column), an empty text means "known to be empty":
text checks stay silent on the first and may speak on the second (PRODUCT 5).
"""

from django.conf import settings
from django.db import models
from django.db.models import Q

from exporting.masking import mask_in_text
from reports.fields import Modality, Precision, System, name_field, text_field
from reports.findings import (  # noqa: F401  (tables of this app, found by Django here)
    CheckRun,
    CheckToken,
    Finding,
    RuleSetting,
    RuleStanding,
)
from reports.papers import CriticalAlert, ImagingRequest  # noqa: F401  (tables of this app, found by Django here)
from reports.querysets import OutcomeQuerySet, ReportQuerySet
from staff.models import Department
from staff.querysets import DepartmentScoped


class ImportSource(models.Model):
    """导入来源: one export of one RIS, with the column mapping a person confirmed for it."""

    class Kind(models.TextChoices):
        REPORTS = "reports", "检查报告"
        OUTCOMES = "outcomes", "结局"
        REQUESTS = "requests", "申请单"
        ALERTS = "alerts", "危急值记录"

    department = models.ForeignKey(Department, models.CASCADE, related_name="sources", verbose_name="科室")
    name = models.CharField("来源名称", max_length=60)
    kind = models.CharField("内容", max_length=10, choices=Kind, default=Kind.REPORTS)
    mapping = models.JSONField("列对应", default=dict, blank=True)
    keeps_lines = models.BooleanField("保留换行", default=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = DepartmentScoped.as_manager()

    class Meta:
        ordering = ("department_id", "kind", "name")
        constraints = (models.UniqueConstraint(fields=("department", "kind", "name"), name="source_once"),)

    def __str__(self) -> str:
        return self.name


class ImportBatch(models.Model):
    """One file on its way in: uploaded, tried out (dry run), committed. Also the job's progress row."""

    class Status(models.TextChoices):
        UPLOADED = "uploaded", "待核对列"
        CHECKING = "checking", "试导入中"
        CHECKED = "checked", "待确认"
        COMMITTING = "committing", "导入中"
        DONE = "done", "已完成"
        FAILED = "failed", "未能导入"
        CANCELLED = "cancelled", "已取消"

    department = models.ForeignKey(Department, models.PROTECT, related_name="import_batches")
    source = models.ForeignKey(ImportSource, models.PROTECT, related_name="batches")
    kind = models.CharField(max_length=10, choices=ImportSource.Kind)
    status = models.CharField(max_length=12, choices=Status, default=Status.UPLOADED)
    file = models.FileField(upload_to="imports/")
    file_name = models.CharField("文件名", max_length=255)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    mapping = models.JSONField(default=dict)
    progress_done = models.PositiveIntegerField(default=0)
    progress_total = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict)
    refusals = models.JSONField(default=list)
    problem = models.TextField(blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    objects = DepartmentScoped.as_manager()

    class Meta:
        ordering = ("-created_at", "-id")

    def __str__(self) -> str:
        return self.file_name


class ReportContent(models.Model):
    """The elements of a report as they came (glossary names). Abstract: Report is the only table."""

    patient_id = name_field("受检者ID")
    patient_name = name_field("姓名")
    sex = models.CharField("性别", max_length=10, null=True, blank=True)
    age = models.CharField("年龄", max_length=30, null=True, blank=True)
    age_days = models.PositiveIntegerField(null=True, blank=True)
    birth_on = models.DateField("出生日期", null=True, blank=True)
    patient_class = name_field("患者来源")
    requesting_department = name_field("科别")
    clinical_diagnosis = text_field("临床诊断")
    surgical_history = text_field("手术史")
    examination_name = models.CharField("检查名称", max_length=300, null=True, blank=True)
    modality = models.CharField("检查种类", max_length=3, choices=Modality)
    modality_code = models.CharField("设备类型", max_length=20, null=True, blank=True)
    body_part = models.CharField("检查部位", max_length=200, null=True, blank=True)
    examined_at = models.DateTimeField("检查时间", null=True, blank=True)
    examined_at_precision = models.CharField(max_length=6, choices=Precision, blank=True, default="")
    technique = text_field("技术参数")
    findings = text_field("影像描述")
    impression = text_field("诊断结论")
    reporting_physician = name_field("报告医师")
    reviewing_physician = name_field("审核医师")
    signed_by = name_field("签发医师")
    signature_method = name_field("签名方式")
    signed_at = models.DateTimeField("签名时间", null=True, blank=True)
    last_modified_by = name_field("末次修改医师")
    last_modified_at = models.DateTimeField("末次修改时间", null=True, blank=True)
    modification_kind = name_field("修改性质")
    operator = name_field("操作技师")
    reported_at = models.DateTimeField("报告时间", null=True, blank=True)
    reported_at_precision = models.CharField(max_length=6, choices=Precision, blank=True, default="")
    report_status = models.CharField("报告状态", max_length=30, null=True, blank=True)
    institution_name = name_field("机构名称")
    report_title = models.CharField("报告标题", max_length=200, null=True, blank=True)
    extra = models.JSONField("其他列", default=dict, blank=True)

    class Meta:
        abstract = True


CONTENT_FIELDS: tuple[str, ...] = tuple(f.name for f in ReportContent._meta.local_fields)


class Report(ReportContent):
    """检查报告 in its current version. Every version, this one included, is a Revision."""

    department = models.ForeignKey(Department, models.PROTECT, related_name="reports", verbose_name="科室")
    accession_number = models.CharField("检查号", max_length=64)
    patient_key = models.CharField(max_length=64, help_text="One value per patient: the draw takes one each.")
    system = models.CharField("系统", max_length=20, choices=System, default=System.OTHER)
    system_set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    is_final = models.BooleanField(default=True)
    is_signed = models.BooleanField(default=False)
    revision_number = models.PositiveIntegerField(default=1)
    content_hash = models.CharField(max_length=64)
    rules_version = models.PositiveIntegerField(default=0, help_text="Of the last text check; 0: none yet.")
    source = models.ForeignKey(ImportSource, models.PROTECT, null=True, blank=True, related_name="reports")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        ordering = ("-reported_at", "-id")
        constraints = (
            models.UniqueConstraint(fields=("department", "accession_number"), name="report_once"),
            models.CheckConstraint(condition=~Q(accession_number=""), name="report_has_accession"),
            models.CheckConstraint(
                condition=Q(modality__in=("DR", "CT", "MRI")), name="report_modality_known"
            ),
        )
        indexes = (
            models.Index(fields=("department", "-reported_at", "-id"), name="report_recent"),
            models.Index(fields=("department", "modality", "-reported_at", "-id"), name="report_by_modality"),
            models.Index(fields=("department", "system", "-reported_at", "-id"), name="report_by_system"),
            models.Index(fields=("department", "patient_id"), name="report_by_patient"),
            models.Index(fields=("department", "patient_name"), name="report_by_patient_name"),
            models.Index(fields=("department", "patient_key"), name="report_by_patient_key"),
            # Who signed and who operated when, read without the reports themselves (4.3, 4.4).
            models.Index(
                fields=(
                    "department",
                    "reported_at",
                    "signed_by",
                    "signed_at",
                    "operator",
                    "examined_at",
                    "modality",
                    "reviewing_physician",
                    "is_final",
                ),
                name="report_people",
            ),
            # Whether it was signed, how, and whether it was changed afterwards, likewise (4.5).
            models.Index(
                fields=(
                    "department",
                    "reported_at",
                    "is_final",
                    "signature_method",
                    "signed_by",
                    "last_modified_at",
                    "last_modified_by",
                ),
                name="report_signatures",
            ),
            models.Index(fields=("department", "is_final", "rules_version"), name="report_by_rules_version"),
        )

    def __str__(self) -> str:
        return self.accession_number

    def masked(self, text: str | None) -> str:
        """`text` with this report's patient masked, as long as it was: whoever types may name the patient."""
        return mask_in_text(text, self.patient_name, (self.patient_id,))


class Revision(models.Model):
    """再次修改 (4.5): one version of a report's content, never changed once something refers to it.

    Until then it may be completed (补全): a field that was not known, a time more exactly.
    """

    report = models.ForeignKey(Report, models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    content = models.JSONField()
    content_hash = models.CharField(max_length=64)
    reported_at = models.DateTimeField(null=True)
    changed_fields = models.JSONField(default=list)
    batch = models.ForeignKey(ImportBatch, models.SET_NULL, null=True, related_name="revisions")
    received_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("report_id", "number")
        constraints = (
            models.UniqueConstraint(fields=("report", "number"), name="revision_number_once"),
            models.UniqueConstraint(fields=("report", "content_hash"), name="revision_content_once"),
        )

    def __str__(self) -> str:
        return f"{self.report_id} v{self.number}"


class Outcome(models.Model):
    """手术结果或临床随访结局, as given, and the report it was matched to (never guessed)."""

    class Kind(models.TextChoices):
        SURGICAL_PATHOLOGY = "surgical_pathology", "手术病理"
        SURGICAL_FINDING = "surgical_finding", "手术所见"
        BIOPSY = "biopsy", "穿刺/活检病理"
        ENDOSCOPY = "endoscopy", "内镜（含内镜病理）"
        CYTOLOGY = "cytology", "细胞学"
        LABORATORY = "laboratory", "实验室/病原学"
        IMAGING_FOLLOW_UP = "imaging_follow_up", "影像随访"
        CLINICAL_FOLLOW_UP = "clinical_follow_up", "临床随访结局"
        CASE_DISCUSSION = "case_discussion", "病例讨论/MDT共识"
        AUTOPSY = "autopsy", "尸检"

    class Match(models.TextChoices):
        ACCESSION = "accession", "检查号"
        PATIENT_AND_DATE = "patient_and_date", "受检者与检查日期"
        PERSON = "person", "人工指定"
        PATIENT_ONLY_UNIQUE = "patient_only_unique", "受检者唯一检查，待确认"
        AMBIGUOUS = "ambiguous", "多份可能，待指定"
        UNMATCHED = "unmatched", "未找到报告"
        CONFLICT = "conflict", "信息矛盾，待核对"
        DISMISSED = "dismissed", "不采用"

    department = models.ForeignKey(Department, models.PROTECT, related_name="outcomes")
    report = models.ForeignKey(Report, models.PROTECT, null=True, blank=True, related_name="outcomes")
    match = models.CharField("匹配", max_length=20, choices=Match)
    match_note = models.TextField(blank=True)
    candidates = models.JSONField(default=list)
    kind = models.CharField("结局来源", max_length=20, choices=Kind)
    observed_on = models.DateField("结局日期")
    text = models.TextField("结局内容")
    recorded_by = models.CharField("登记人", max_length=100, blank=True)
    given_accession = models.CharField("检查号", max_length=64, blank=True)
    given_patient_id = models.CharField("受检者ID", max_length=100, blank=True)
    given_patient_name = models.CharField("姓名", max_length=100, blank=True)
    given_examined_on = models.DateField("检查日期", null=True, blank=True)
    identity_hash = models.CharField(max_length=64)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True)
    batch = models.ForeignKey(ImportBatch, models.SET_NULL, null=True, related_name="outcomes")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = OutcomeQuerySet.as_manager()

    MATCHED = (Match.ACCESSION, Match.PATIENT_AND_DATE, Match.PERSON)
    PENDING = (Match.PATIENT_ONLY_UNIQUE, Match.AMBIGUOUS, Match.UNMATCHED, Match.CONFLICT)

    class Meta:
        ordering = ("-observed_on", "-id")
        constraints = (
            models.UniqueConstraint(fields=("department", "identity_hash"), name="outcome_once"),
            models.CheckConstraint(condition=~Q(text=""), name="outcome_has_text"),
            models.CheckConstraint(
                condition=Q(report__isnull=False) | ~Q(match__in=("accession", "patient_and_date", "person")),
                name="matched_outcome_has_report",
            ),
        )
        indexes = (
            models.Index(fields=("department", "match", "-observed_on"), name="outcome_by_match"),
            models.Index(fields=("department", "-observed_on", "-id"), name="outcome_recent"),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.observed_on}"

    def masked(self, text: str | None) -> str:
        """`text` with the patient masked, as given with the outcome and as named in the report it fell to."""
        text = mask_in_text(text, self.given_patient_name, (self.given_patient_id,))
        return self.report.masked(text) if self.report else text
