"""Institution and Department."""

from django.db import models
from django.db.models import Q

from staff.departments.querysets import DepartmentQuerySet


class Institution(models.Model):
    """医疗机构. Its level decides row 1.5 of Table B.1 (D-06)."""

    class Level(models.TextChoices):
        TERTIARY = "tertiary", "三级医院"
        SECONDARY = "secondary", "二级医院"
        OTHER = "other", "其他医疗机构"

    name = models.CharField("机构名称", max_length=100, unique=True)
    level = models.CharField("机构级别", max_length=10, choices=Level)

    class Meta:
        ordering = ("name",)
        constraints = (
            models.CheckConstraint(
                condition=Q(level__in=("tertiary", "secondary", "other")), name="institution_level_known"
            ),
        )

    def __str__(self) -> str:
        return self.name


class Department(models.Model):
    """科室: everything clinical belongs to exactly one."""

    institution = models.ForeignKey(
        Institution, models.PROTECT, related_name="departments", verbose_name="机构"
    )
    code = models.SlugField("科室代码", max_length=32, unique=True)
    name = models.CharField("科室名称", max_length=60, default="放射科")
    one_step_reporting = models.BooleanField(
        "一步式报告", default=False, help_text="书写即签发、不另设审核的科室，签发医师为报告医师（D-10）。"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = DepartmentQuerySet.as_manager()

    class Meta:
        ordering = ("code",)

    def __str__(self) -> str:
        return f"{self.institution.name} {self.name}"
