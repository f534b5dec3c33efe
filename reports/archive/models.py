"""Report with all elements of Table A.1, and its revisions (4.5).

Null text means "not known" (the export had no such column), an empty text means "known to be empty":
text checks ignore the first and may report the second (docs/quality.md C2).
"""

from django.conf import settings
from django.db import models
from django.db.models import Q

from exporting.masking import mask_in_text
from reports.archive.querysets import ReportQuerySet
from reports.fields import Modality, Precision, System, name_field, text_field
from staff.departments.models import Department


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
    source = models.ForeignKey(
        "reports.ImportSource", models.PROTECT, null=True, blank=True, related_name="reports"
    )
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
        """`text` with the patient masked, of the same length: any typed text may name the patient."""
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
    batch = models.ForeignKey("reports.ImportBatch", models.SET_NULL, null=True, related_name="revisions")
    received_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("report_id", "number")
        constraints = (
            models.UniqueConstraint(fields=("report", "number"), name="revision_number_once"),
            models.UniqueConstraint(fields=("report", "content_hash"), name="revision_content_once"),
        )

    def __str__(self) -> str:
        return f"{self.report_id} v{self.number}"


class ReportCorrection(models.Model):
    """A field of a report's metadata corrected by a person; a later import of the old value keeps it."""

    report = models.ForeignKey(Report, models.CASCADE, related_name="corrections")
    field = models.CharField(max_length=40)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    reason = models.CharField("理由", max_length=300)
    corrected_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    corrected_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-corrected_at", "-id")
        constraints = (models.CheckConstraint(condition=~Q(reason=""), name="report_correction_has_reason"),)

    def __str__(self) -> str:
        return f"{self.field} {self.report_id}"
