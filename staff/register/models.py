"""The register of people: members, their groups, and the records that make them qualified (4.3, 4.4).

Which kinds of record there are, and how long they hold, is data: data/qualifications.yaml. Nothing
here names a patient. Times end `_at`, days `_on`; an empty `valid_until` is a record without an end.
"""

from pathlib import PurePath
from typing import Any, Self
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from staff.access.querysets import DepartmentScoped, Row

MODALITIES = ("DR", "CT", "MRI")  # kinds of examination of 6.3.3 (D-25), as reports name them


class GroupQuerySet(DepartmentScoped[Row]):
    def present(self) -> Self:
        """Groups that were not dissolved."""
        return self.filter(dissolved_on=None)


class SubspecialtyGroup(models.Model):
    """亚专业组: row 1.5 asks for them and for 人员梯队. A dissolved one stays: earlier windows had it."""

    department = models.ForeignKey(
        "staff.Department", models.PROTECT, related_name="groups", verbose_name="科室"
    )
    name = models.CharField("专业组", max_length=60)
    lead = models.ForeignKey(
        "staff.Member", models.SET_NULL, null=True, blank=True, related_name="leads", verbose_name="组长"
    )

    dissolved_on = models.DateField("撤销日期", null=True, blank=True)

    objects = GroupQuerySet.as_manager()

    class Meta:
        ordering = ("department_id", "name", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("department", "name"), condition=Q(dissolved_on=None), name="group_once"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="group_has_name"),
        )

    def __str__(self) -> str:
        return self.name


class MemberQuerySet(DepartmentScoped[Row]):
    def visible_to(self, user: Any, code: str = "staff.view_register") -> Self:
        """Members of the user's departments; a member without that permission has `own`."""
        return super().visible_to(user, code)

    def active(self) -> Self:
        """Who works here now."""
        return self.filter(is_active=True)

    def of_user(self, user: Any) -> Self:
        """The entries of the register that are this account's own."""
        return self.filter(user_id=user.pk) if user.pk else self.none()


class Member(models.Model):
    """人员: one person of one department's register, told apart by staff number, never by name."""

    class Kind(models.TextChoices):
        PHYSICIAN = "physician", "医师"
        TECHNOLOGIST = "technologist", "技师"

    department = models.ForeignKey(
        "staff.Department", models.PROTECT, related_name="members", verbose_name="科室"
    )
    staff_number = models.CharField("工号", max_length=30)
    full_name = models.CharField("姓名", max_length=50)
    kind = models.CharField("人员类别", max_length=12, choices=Kind)
    title = models.CharField("职称", max_length=30, blank=True)
    group = models.ForeignKey(
        SubspecialtyGroup,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="members",
        verbose_name="专业组",
    )
    modalities = models.JSONField("操作设备类别", default=list, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="memberships",
        verbose_name="账号",
    )
    entered_on = models.DateField("入职日期", null=True, blank=True)
    left_on = models.DateField("离职日期", null=True, blank=True)
    is_active = models.BooleanField("在岗", default=True)
    # D-20: radiation training may be marked 不适用 for who operates MRI only; the mark holds for MRI alone.
    exempt_reason = models.CharField("放射防护培训不适用的理由", max_length=200, blank=True)
    exempt_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    exempt_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = MemberQuerySet.as_manager()

    class Meta:
        ordering = ("department_id", "kind", "staff_number")
        constraints = (
            models.UniqueConstraint(fields=("department", "staff_number"), name="member_once"),
            models.UniqueConstraint(
                fields=("department", "user"), condition=Q(user__isnull=False), name="member_user_once"
            ),
            models.CheckConstraint(
                condition=~Q(staff_number="") & ~Q(full_name=""), name="member_has_number_and_name"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=("physician", "technologist")), name="member_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(left_on__isnull=True)
                | Q(entered_on__isnull=True)
                | Q(left_on__gte=F("entered_on")),
                name="member_leaves_after_entry",
            ),
            models.CheckConstraint(
                condition=Q(exempt_reason="", exempt_at__isnull=True)
                | (~Q(exempt_reason="") & Q(exempt_at__isnull=False)),
                name="member_exemption_has_reason_and_time",
            ),
        )
        indexes = (models.Index(fields=("department", "full_name"), name="member_by_name"),)

    def __str__(self) -> str:
        return f"{self.full_name}({self.staff_number})"


class MembershipQuerySet(DepartmentScoped[Row]):
    department_path = "group__department"

    def for_list(self) -> Self:
        """With the members, oldest first; a first day that is not known comes before all others."""
        rows = self.select_related("member")
        return rows.order_by(F("since_on").asc(nulls_first=True), "pk")

    def open(self) -> Self:
        """Memberships that last: at most one a member."""
        return self.filter(until_on=None)


class GroupMembership(models.Model):
    """在组: who was in which group at which title, from a day until a day, both included (row 1.5).

    The open row of a member repeats `Member.group` and `Member.title`, and whether they lead the group; each
    change of these ends it and begins another. No first day: not known, taken as always.
    """

    group = models.ForeignKey(
        SubspecialtyGroup, models.PROTECT, related_name="memberships", verbose_name="专业组"
    )
    member = models.ForeignKey(Member, models.PROTECT, related_name="group_memberships", verbose_name="人员")
    title = models.CharField("职称", max_length=30, blank=True)
    is_lead = models.BooleanField("组长", default=False)
    since_on = models.DateField("入组日期", null=True, blank=True)
    until_on = models.DateField("离组日期", null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ("group_id", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("member",), condition=Q(until_on=None), name="membership_open_once"
            ),
            models.CheckConstraint(
                condition=Q(until_on__isnull=True)
                | Q(since_on__isnull=True)
                | Q(until_on__gte=F("since_on")),
                name="membership_ends_after_it_begins",
            ),
        )

    def __str__(self) -> str:
        return f"{self.group} {self.member}"

    @property
    def department_id(self) -> int:
        """The group's department, used by trail events."""
        return self.group.department_id


class RegisterBatch(models.Model):
    """One imported file of the register."""

    department = models.ForeignKey("staff.Department", models.PROTECT, related_name="register_batches")
    file_name = models.CharField("文件名", max_length=255)
    sha256 = models.CharField(max_length=64)
    counts = models.JSONField(default=dict)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = DepartmentScoped.as_manager()

    class Meta:
        ordering = ("-created_at", "-id")

    def __str__(self) -> str:
        return self.file_name


def scan_path(_: models.Model, filename: str) -> str:
    """A random name: what a certificate's file was called may name anyone, and must not place it anywhere."""
    ending = PurePath(filename).suffix.lower()
    return f"certificates/{uuid4().hex}{ending if ending in ('.pdf', '.jpg', '.png') else ''}"


class QualificationQuerySet(DepartmentScoped[Row]):
    department_path = "member__department"

    def visible_to(self, user: Any, code: str = "staff.view_register") -> Self:
        return super().visible_to(user, code)

    def approved(self) -> Self:
        """What counts: a record a person submitted waits until it is approved."""
        return self.filter(state="approved")

    def awaiting(self) -> Self:
        """Submitted by members and not yet decided, the oldest first."""
        return self.filter(state="submitted").order_by("created_at", "id")


class Qualification(models.Model):
    """资质记录: a certificate, a passed course or a training on one kind of equipment."""

    class Result(models.TextChoices):
        PASSED = "passed", "合格"
        DEEMED = "deemed", "视同通过"
        FAILED = "failed", "不合格"
        NONE = "", "未注明"

    class Organiser(models.TextChoices):
        HEALTH = "health", "卫生健康"
        ECOLOGY = "ecology", "生态环境"
        NONE = "", "未注明"

    class Course(models.TextChoices):
        INITIAL = "initial", "上岗前"
        REFRESHER = "refresher", "复训"
        NONE = "", "未注明"

    class State(models.TextChoices):
        SUBMITTED = "submitted", "待审核"
        APPROVED = "approved", "已确认"
        REJECTED = "rejected", "未采纳"

    member = models.ForeignKey(Member, models.PROTECT, related_name="qualifications", verbose_name="人员")
    type = models.CharField("资质类别", max_length=40)
    number = models.CharField("证书编号", max_length=60, blank=True)
    issuer = models.CharField("发证机构", max_length=100, blank=True)
    issued_on = models.DateField("日期", null=True, blank=True)
    valid_until = models.DateField("有效期至", null=True, blank=True)
    practice_category = models.CharField("执业类别", max_length=30, blank=True)
    practice_scope = models.CharField("执业范围", max_length=200, blank=True)
    result = models.CharField("结果", max_length=6, choices=Result, blank=True, default=Result.PASSED)
    basis = models.CharField("视同通过依据", max_length=300, blank=True)
    basis_approver = models.CharField("认定人", max_length=100, blank=True)
    organiser = models.CharField("主办系统", max_length=7, choices=Organiser, blank=True, default="")
    course = models.CharField("培训类别", max_length=9, choices=Course, blank=True, default="")
    course_name = models.CharField("培训名称", max_length=100, blank=True)
    days = models.DecimalField("天数", max_digits=4, decimal_places=1, null=True, blank=True)
    modality = models.CharField("设备类别", max_length=3, blank=True)
    device_model = models.CharField("设备型号", max_length=60, blank=True)
    trainer = models.CharField("带教人", max_length=60, blank=True)
    scan = models.FileField("扫描件", upload_to=scan_path, blank=True)
    scan_name = models.CharField(max_length=255, blank=True)
    scan_sha256 = models.CharField(max_length=64, blank=True)
    state = models.CharField("状态", max_length=9, choices=State, default=State.APPROVED)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_reason = models.CharField("理由", max_length=200, blank=True)
    batch = models.ForeignKey(
        RegisterBatch, models.SET_NULL, null=True, blank=True, related_name="qualifications"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = QualificationQuerySet.as_manager()

    class Meta:
        ordering = ("member_id", "type", "-issued_on", "-id")
        constraints = (
            models.CheckConstraint(condition=~Q(type=""), name="qualification_has_type"),
            models.CheckConstraint(
                condition=Q(result__in=("passed", "deemed", "failed", "")), name="qualification_result_known"
            ),
            models.CheckConstraint(
                condition=Q(organiser__in=("health", "ecology", "")), name="qualification_organiser_known"
            ),
            models.CheckConstraint(
                condition=Q(modality__in=("DR", "CT", "MRI", "")), name="qualification_modality_known"
            ),
            models.CheckConstraint(
                condition=~Q(type="equipment_training") | (~Q(modality="") & Q(issued_on__isnull=False)),
                name="equipment_training_names_modality_and_day",
            ),
            models.CheckConstraint(
                condition=~Q(type="radiation_training") | Q(issued_on__isnull=False),
                name="radiation_training_has_day",
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True)
                | Q(issued_on__isnull=True)
                | Q(valid_until__gte=F("issued_on")),
                name="qualification_ends_after_issue",
            ),
            models.CheckConstraint(
                condition=Q(scan="", scan_sha256="") | (~Q(scan="") & ~Q(scan_sha256="")),
                name="qualification_scan_has_hash",
            ),
            models.CheckConstraint(
                condition=Q(state="submitted", decided_at__isnull=True)
                | Q(state__in=("approved", "rejected"), decided_at__isnull=False),
                name="qualification_decided_when_settled",
            ),
            models.CheckConstraint(
                condition=~Q(state="rejected") | ~Q(decision_reason=""),
                name="qualification_rejected_with_reason",
            ),
        )
        indexes = (models.Index(fields=("state", "created_at"), name="qualification_awaiting"),)

    def __str__(self) -> str:
        return f"{self.type} {self.number}".strip()
