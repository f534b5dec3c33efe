"""申诉 and 已知晓: a physician's answer to a ruling on an own report, and its decision.

An appeal is lodged against one thing: the description faults or the judgement of a quarterly case, the
problems of a monthly case, or a confirmed finding. The rows that its decision corrects are never edited:
audits.judging.queries.results and audits.monthly.queries.results apply it.
"""

from datetime import date
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from audits.appeals.domain.appeals import PENDING, change_text
from audits.judging.domain.appeals import AppealDecision, State, Subject
from audits.judging.domain.concordance import (
    Characterisation,
    ConcordanceRuling,
    ErrorKind,
    Judgement,
    Localisation,
)
from audits.labels import LabelledEnum
from reports.archive.models import Report
from reports.findings.models import Finding
from staff.access.querysets import DepartmentScoped, Row
from staff.accounts.models import User
from staff.departments.models import Department

_USER = settings.AUTH_USER_MODEL
_RELATED = (
    "report__department__institution",
    "case__audit",
    "case__revision",
    "monthly_case__audit",
    "monthly_case__revision",
    "finding",
    "appellant",
    "assessor",
    "assigned_by",
    "department__institution",
)
_DEFERRED = ("case__audit__pool_list", "case__audit__ledger", "case__audit__draw")
# Exactly one of the three, the one that its subject names.
_ONE_THING = (
    Q(subject__in=("description", "conclusion"), case__isnull=False)
    & Q(monthly_case__isnull=True, finding__isnull=True)
    | Q(subject="monthly", monthly_case__isnull=False, case__isnull=True, finding__isnull=True)
    | Q(subject="finding", finding__isnull=False, case__isnull=True, monthly_case__isnull=True)
)


def _choices(words: type[LabelledEnum]) -> list[tuple[str, str]]:
    return [(word.value, word.zh) for word in words]


class AppealQuerySet(DepartmentScoped[Row]):
    report_path = opened_path = "report"
    tells_outcomes = True

    def for_page(self) -> Self:
        """With the report, what is appealed against, and the people."""
        return self.defer(*_DEFERRED).select_related(*_RELATED)

    def for_list(self) -> Self:
        """With the report and the people."""
        return self.select_related("report", "appellant", "assessor")

    def visible_to(self, user: User, code: str = "") -> Self:
        """The user's own appeals and those to decide; for overseers of the audits, the department's."""
        if code:
            return super().visible_to(user, code)
        rows = super().visible_to(user, "audits.view")
        rows |= super().visible_to(user, "audits.decide_appeal").filter(assessor_id=user.pk)
        return rows | super().visible_to(user, "reports.appeal").filter(appellant_id=user.pk)

    def not_withdrawn(self) -> Self:
        """Appeals that were not withdrawn."""
        return self.exclude(state="withdrawn")

    def pending(self) -> Self:
        """Appeals without a decision, except those against a cancelled draw."""
        rows = self.filter(state__in=PENDING)
        return rows.exclude(case__audit__status="cancelled").exclude(monthly_case__audit__status="cancelled")

    def overdue(self, today: date) -> Self:
        """Pending after the day the decision was due; that day itself is in time."""
        return self.pending().filter(due_on__lt=today)


class Appeal(models.Model):
    """申诉, its assignment to an assessor, and the decision."""

    department = models.ForeignKey(Department, models.PROTECT, related_name="appeals", verbose_name="科室")
    report = models.ForeignKey(Report, models.PROTECT, related_name="appeals", verbose_name="检查报告")
    subject = models.CharField("对象", max_length=11, choices=_choices(Subject))
    case = models.ForeignKey("audits.Case", models.PROTECT, null=True, blank=True, related_name="appeals")
    monthly_case = models.ForeignKey(
        "audits.MonthlyCase", models.PROTECT, null=True, blank=True, related_name="appeals"
    )
    finding = models.ForeignKey(Finding, models.PROTECT, null=True, blank=True, related_name="appeals")
    appellant = models.ForeignKey(_USER, models.PROTECT, related_name="appeals", verbose_name="申诉人")
    reason = models.TextField("申诉理由")
    visible_on = models.DateField(
        "公布日期", help_text="When the ruling became visible: the limit's first day."
    )
    due_on = models.DateField("应答复日期", help_text="The decision is due by then.")
    appealed_at = models.DateTimeField("申诉时间", auto_now_add=True)
    state = models.CharField("状态", max_length=9, choices=_choices(State), default="open")
    assessor = models.ForeignKey(
        _USER, models.PROTECT, null=True, blank=True, related_name="appeals_to_decide", verbose_name="复核人"
    )
    assigned_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+")
    assigned_at = models.DateTimeField("分配时间", null=True)
    decided_at = models.DateTimeField("复核时间", null=True)
    decision_reason = models.TextField("复核理由", blank=True)
    # The appeal's own ruling on the conclusion, where it was upheld; struck faults are rows of their own.
    localisation = models.CharField("定位", max_length=20, blank=True, default="")
    characterisation = models.CharField("定性", max_length=20, blank=True, default="")
    error_kind = models.CharField("错误类型", max_length=20, blank=True, default="")
    judgement = models.CharField("判定", max_length=20, blank=True, default="")
    stage_differs = models.BooleanField("分期与结局不同", default=False)
    stood = models.CharField("原结果", max_length=20, help_text="Code of the ruling appealed against.")
    stands = models.CharField(
        "复核后结果", max_length=20, blank=True, help_text="Its code since the decision."
    )
    withdrawn_at = models.DateTimeField("撤回时间", null=True)
    version = models.PositiveIntegerField(default=1)

    objects = AppealQuerySet.as_manager()

    class Meta:
        ordering = ("-appealed_at", "-id")
        constraints = (
            models.CheckConstraint(condition=_ONE_THING, name="appeal_against_one_thing"),
            models.CheckConstraint(condition=~Q(reason=""), name="appeal_has_reason"),
            # A decision is final, and only one appeal can be open.
            models.UniqueConstraint(
                fields=("case", "subject"),
                condition=Q(case__isnull=False) & ~Q(state="withdrawn"),
                name="appeal_of_case_once",
            ),
            models.UniqueConstraint(
                fields=("monthly_case",),
                condition=Q(monthly_case__isnull=False) & ~Q(state="withdrawn"),
                name="appeal_of_monthly_case_once",
            ),
            models.UniqueConstraint(
                fields=("finding",),
                condition=Q(finding__isnull=False) & ~Q(state="withdrawn"),
                name="appeal_of_finding_once",
            ),
            models.CheckConstraint(
                condition=Q(assessor__isnull=True) | ~Q(assessor=F("appellant")),
                name="appeal_decided_by_another",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("open", "withdrawn"))
                | Q(assessor__isnull=False, assigned_at__isnull=False),
                name="assigned_appeal_has_assessor",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("upheld", "rejected"), decided_at__isnull=False)
                & ~Q(decision_reason="")
                | Q(state__in=("open", "assigned", "withdrawn"), decided_at__isnull=True, stands=""),
                name="decided_appeal_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(judgement="") & Q(localisation="", characterisation="", error_kind="")
                | Q(subject="conclusion", state="upheld"),
                name="only_upheld_appeal_rules_anew",
            ),
            models.CheckConstraint(
                condition=~Q(subject="conclusion", state="upheld") | ~Q(judgement=""),
                name="upheld_conclusion_has_judgement",
            ),
        )
        indexes = (models.Index(fields=("department", "state", "due_on"), name="appeal_by_state"),)

    def __str__(self) -> str:
        return f"第{self.pk}号申诉"

    @property
    def ruling(self) -> ConcordanceRuling | None:
        """The appeal's ruling on the conclusion; None where it did not change it."""
        if not self.judgement:
            return None
        return ConcordanceRuling(
            Localisation(self.localisation),
            Characterisation(self.characterisation),
            ErrorKind(self.error_kind),
            Judgement(self.judgement),
            self.decision_reason,
            self.stage_differs,
        )

    @property
    def decision(self) -> AppealDecision:
        """The appeal as the results of a case read it; faults and assessor are prefetched by the caller."""
        return AppealDecision(
            pk=self.pk,
            subject=Subject(self.subject),
            state=State(self.state),
            reason=self.reason,
            appealed_at=self.appealed_at,
            due_on=self.due_on,
            assessor=str(self.assessor or ""),
            decided_at=self.decided_at,
            decision_reason=self.decision_reason,
            change=self.change,
            struck=frozenset(row.fault_id for row in self.faults.all() if row.struck and row.fault_id),
            ruling=self.ruling,
        )

    @property
    def change(self) -> str:
        """不规范 → 规范; "" unless it was upheld."""
        if self.state != State.UPHELD:
            return ""
        return change_text(self.subject, self.stood, self.stands)


class AppealedFault(models.Model):
    """A fault appealed against; `struck` is the appeal's ruling on it, None until decided."""

    appeal = models.ForeignKey(Appeal, models.CASCADE, related_name="faults")
    # PROTECT: the ruling appealed against is stored unchanged with the decision.
    fault = models.ForeignKey("audits.Fault", models.PROTECT, null=True, related_name="appealed")
    monthly_fault = models.ForeignKey(
        "audits.MonthlyFault", models.PROTECT, null=True, related_name="appealed"
    )
    struck = models.BooleanField(null=True)

    class Meta:
        ordering = ("appeal_id", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(fault__isnull=False, monthly_fault__isnull=True)
                | Q(fault__isnull=True, monthly_fault__isnull=False),
                name="appealed_fault_is_one",
            ),
        )

    def __str__(self) -> str:
        return str(self.ruled)

    @property
    def ruled(self) -> Any:
        """The fault itself, of a quarter or of a month."""
        return self.fault or self.monthly_fault


class Acknowledgement(models.Model):
    """已知晓: a physician has read a ruling on an own report. A later change must be read again."""

    user = models.ForeignKey(_USER, models.PROTECT, related_name="acknowledgements")
    department = models.ForeignKey(Department, models.PROTECT, related_name="+")
    subject = models.CharField("对象", max_length=11, choices=_choices(Subject))
    case = models.ForeignKey("audits.Case", models.PROTECT, null=True, related_name="acknowledgements")
    monthly_case = models.ForeignKey(
        "audits.MonthlyCase", models.PROTECT, null=True, related_name="acknowledgements"
    )
    # A finding is deleted with its report only, and its acknowledgements with it.
    finding = models.ForeignKey(Finding, models.CASCADE, null=True, related_name="acknowledgements")
    at = models.DateTimeField("时间")

    objects = DepartmentScoped.as_manager()

    class Meta:
        ordering = ("user_id", "-at")
        constraints = (
            models.CheckConstraint(condition=_ONE_THING, name="acknowledged_one_thing"),
            models.UniqueConstraint(
                fields=("user", "case", "subject"),
                condition=Q(case__isnull=False),
                name="case_acknowledged_once",
            ),
            models.UniqueConstraint(
                fields=("user", "monthly_case"),
                condition=Q(monthly_case__isnull=False),
                name="monthly_case_acknowledged_once",
            ),
            models.UniqueConstraint(
                fields=("user", "finding"),
                condition=Q(finding__isnull=False),
                name="finding_acknowledged_once",
            ),
        )

    def __str__(self) -> str:
        return f"{self.user_id} {self.subject}"
