"""Findings of the text checks on stored reports, rulings on them, and the settings of each rule.

A finding is identified by its `fingerprint` (code, field and text, not the offset): the same text in a later
version is the same finding, so that it is ruled on only once.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from reports.domain.textcheck.engine import place_of
from reports.fields import name_field
from reports.findings.querysets import CheckRunQuerySet, FindingQuerySet
from staff.access.querysets import DepartmentScoped
from staff.departments.models import Department


class Finding(models.Model):
    """文本检查提示: a suspicion about one report, without points (D-14); a person rules on it."""

    class State(models.TextChoices):
        OPEN = "open", "待核对"
        CONFIRMED = "confirmed", "已确认"
        DISMISSED = "dismissed", "已驳回"

    class Severity(models.TextChoices):
        VIOLATION = "violation", "不符合"
        SUSPECT = "suspect", "疑似"
        NOTE = "note", "提示"

    # Lists are served by the composite indexes below; these three need none of their own.
    report = models.ForeignKey("reports.Report", models.CASCADE, related_name="text_findings", db_index=False)
    department = models.ForeignKey(Department, models.PROTECT, related_name="+", db_index=False)
    ruled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    code = models.CharField("代码", max_length=60)
    clause = models.CharField("条款", max_length=30)
    field = models.CharField("位置", max_length=30)
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    excerpt = models.TextField("原文", blank=True)
    message = models.TextField("说明")
    severity = models.CharField("程度", max_length=10, choices=Severity)
    said_severity = models.CharField(
        max_length=10,
        choices=Severity,
        help_text="As the rule says; `severity` is milder once demoted.",
    )
    fingerprint = models.CharField(max_length=32)
    rules_version = models.PositiveIntegerField()
    revision_number = models.PositiveIntegerField()
    is_current = models.BooleanField(
        default=True, help_text="Do the present rules still say it of the present version?"
    )
    state = models.CharField("核对", max_length=10, choices=State, default=State.OPEN)
    ruled_at = models.DateTimeField("核对时间", null=True)
    ruling_reason = models.CharField("理由", max_length=300, blank=True)
    ruling_is_final = models.BooleanField(
        "已终裁", default=False, help_text="Dismissed by an upheld appeal: nobody rules on it again."
    )
    version = models.PositiveIntegerField(
        default=0, help_text="Raised by each ruling: two people may rule at once."
    )
    found_at = models.DateTimeField(auto_now_add=True)
    # Copies of the report's, so that counts by physician and month read one table.
    reporting_physician = name_field("报告医师")
    reported_at = models.DateTimeField("报告时间", null=True)

    objects = FindingQuerySet.as_manager()

    class Meta:
        ordering = ("-reported_at", "-id")
        constraints = (
            models.UniqueConstraint(fields=("report", "fingerprint"), name="finding_once"),
            models.CheckConstraint(condition=Q(start__lte=F("end")), name="finding_place_in_order"),
            models.CheckConstraint(
                condition=Q(state="open", ruled_by__isnull=True, ruled_at__isnull=True)
                | Q(state__in=("confirmed", "dismissed"), ruled_by__isnull=False, ruled_at__isnull=False),
                name="finding_ruled_by_someone",
            ),
            models.CheckConstraint(
                condition=Q(ruling_is_final=False) | ~Q(state="open"), name="finding_final_is_ruled"
            ),
        )
        indexes = (
            models.Index(fields=("department", "is_current", "-reported_at", "-id"), name="finding_recent"),
            models.Index(
                fields=("department", "is_current", "severity", "-reported_at", "-id"),
                name="finding_by_severity",
            ),
            models.Index(
                fields=("department", "is_current", "code", "-reported_at", "-id"), name="finding_by_code"
            ),
            models.Index(
                fields=("department", "is_current", "state", "-reported_at", "-id"), name="finding_by_state"
            ),
            models.Index(
                fields=("department", "is_current", "reporting_physician", "-reported_at", "-id"),
                name="finding_by_physician",
            ),
            models.Index(
                fields=("department", "code", "state"), condition=~Q(state="open"), name="finding_ruled"
            ),
        )

    def __str__(self) -> str:
        return f"{self.code} {self.report_id}"

    @property
    def place(self) -> tuple[int, int, int, str]:
        """The order of a report's findings, as the checks give them: by place in the text."""
        return place_of(self.field, self.start, self.end, self.code)

    @property
    def shown_excerpt(self) -> str:
        """The excerpt with the patient masked, of the same length."""
        return self.report.masked(self.excerpt)

    @property
    def shown_message(self) -> str:
        """The message, which may quote the report, with the patient masked."""
        return self.report.masked(self.message)


class RuleSetting(models.Model):
    """A rule switched off (or on again) in a department or in one of its import sources."""

    department = models.ForeignKey(Department, models.CASCADE, related_name="rule_settings")
    source = models.ForeignKey(
        "reports.ImportSource", models.CASCADE, null=True, blank=True, related_name="rule_settings"
    )
    code = models.CharField("代码", max_length=60)
    enabled = models.BooleanField("启用")
    reason = models.CharField("理由", max_length=300, blank=True)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    set_at = models.DateTimeField()

    objects = DepartmentScoped.as_manager()

    class Meta:
        ordering = ("department_id", "code", "source_id")
        constraints = (
            models.UniqueConstraint(fields=("department", "source", "code"), name="source_setting_once"),
            models.UniqueConstraint(
                fields=("department", "code"), condition=Q(source__isnull=True), name="rule_setting_once"
            ),
        )

    def __str__(self) -> str:
        return self.code


class RuleStanding(models.Model):
    """A rule whose measured precision fell below the bound: a note from then on, until a person restores it.

    `confirmed` of `judged` was the precision at that time. After a restoration only later rulings count.
    """

    department = models.ForeignKey(Department, models.CASCADE, related_name="rule_standings")
    code = models.CharField("代码", max_length=60)
    demoted_to_note = models.BooleanField()
    since = models.DateTimeField("自何时起")
    confirmed = models.PositiveIntegerField("确认")
    judged = models.PositiveIntegerField("已核对")
    restored_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    restored_at = models.DateTimeField("恢复时间", null=True)
    restored_reason = models.CharField("恢复理由", max_length=300, blank=True)

    objects = DepartmentScoped.as_manager()

    class Meta:
        ordering = ("department_id", "code")
        constraints = (
            models.UniqueConstraint(fields=("department", "code"), name="standing_once"),
            models.CheckConstraint(
                condition=Q(demoted_to_note=True)
                | Q(restored_by__isnull=False, restored_at__isnull=False) & ~Q(restored_reason=""),
                name="standing_restored_by_someone",
            ),
        )

    def __str__(self) -> str:
        return self.code


class CheckRun(models.Model):
    """A re-check of a department's stored reports; the job's progress row, and what it changed.

    It checks the reports whose `rules_version` is not the present one: a job that is interrupted and
    delivered again continues with the remaining ones.
    """

    class Status(models.TextChoices):
        QUEUED = "queued", "等待中"
        RUNNING = "running", "检查中"
        DONE = "done", "已完成"
        FAILED = "failed", "未能完成"

    OPEN = (Status.QUEUED, Status.RUNNING)

    department = models.ForeignKey(Department, models.CASCADE, related_name="check_runs")
    rules_version = models.PositiveIntegerField("规则版本")
    status = models.CharField(max_length=10, choices=Status, default=Status.QUEUED)
    progress_done = models.PositiveIntegerField(default=0)
    progress_total = models.PositiveIntegerField(default=0)
    added = models.PositiveIntegerField("新增", default=0)
    gone = models.PositiveIntegerField("消失", default=0)
    kept = models.PositiveIntegerField("不变", default=0)
    by_code = models.JSONField(default=dict, help_text="code → {added, gone, kept}")
    problem = models.TextField(blank=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects = CheckRunQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("department",), condition=Q(status__in=("queued", "running")), name="one_open_run"
            ),
        )

    def __str__(self) -> str:
        return f"v{self.rules_version} {self.created_at:%Y-%m-%d}"


class CheckToken(models.Model):
    """A system (RIS) that may request checks for one department; only the hash of the token is stored."""

    department = models.ForeignKey(Department, models.CASCADE, related_name="check_tokens")
    name = models.CharField("名称", max_length=60)
    token_hash = models.CharField(max_length=64, unique=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField("停用时间", null=True)

    objects = DepartmentScoped.as_manager()

    class Meta:
        ordering = ("department_id", "name")
        constraints = (
            models.UniqueConstraint(
                fields=("department", "name"), condition=Q(revoked_at__isnull=True), name="token_name_once"
            ),
        )

    def __str__(self) -> str:
        return self.name
