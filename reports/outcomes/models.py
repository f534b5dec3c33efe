"""Outcome: the surgical or clinical proof of a report (DOMAIN 3.1)."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from exporting.masking import mask_in_text
from reports.archive.models import Report
from reports.imports.models import ImportBatch
from reports.outcomes.querysets import OutcomeQuerySet
from staff.departments.models import Department


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
        """`text` with the patient masked, as named in the outcome and in its report."""
        text = mask_in_text(text, self.given_patient_name, (self.given_patient_id,))
        return self.report.masked(text) if self.report else text
