"""申诉 with the faults they speak against, and 已知晓."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("audits", "0005_follow_up_and_conferences"),
        ("reports", "0005_report_people"),
        ("staff", "0003_register"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Appeal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "subject",
                    models.CharField(
                        choices=[
                            ("description", "季度评审·影像描述"),
                            ("conclusion", "季度评审·诊断结论"),
                            ("monthly", "月度质控"),
                            ("finding", "文本检查"),
                        ],
                        max_length=11,
                        verbose_name="对象",
                    ),
                ),
                ("reason", models.TextField(verbose_name="申诉理由")),
                (
                    "visible_on",
                    models.DateField(
                        help_text="When the ruling became visible: the limit's first day.",
                        verbose_name="公布日期",
                    ),
                ),
                (
                    "due_on",
                    models.DateField(help_text="The decision is due by then.", verbose_name="应答复日期"),
                ),
                ("appealed_at", models.DateTimeField(auto_now_add=True, verbose_name="申诉时间")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "待分配"),
                            ("assigned", "待复核"),
                            ("upheld", "申诉成立"),
                            ("rejected", "申诉不成立"),
                            ("withdrawn", "已撤回"),
                        ],
                        default="open",
                        max_length=9,
                        verbose_name="状态",
                    ),
                ),
                ("assigned_at", models.DateTimeField(null=True, verbose_name="分配时间")),
                ("decided_at", models.DateTimeField(null=True, verbose_name="复核时间")),
                ("decision_reason", models.TextField(blank=True, verbose_name="复核理由")),
                (
                    "localisation",
                    models.CharField(blank=True, default="", max_length=20, verbose_name="定位"),
                ),
                (
                    "characterisation",
                    models.CharField(blank=True, default="", max_length=20, verbose_name="定性"),
                ),
                (
                    "error_kind",
                    models.CharField(blank=True, default="", max_length=20, verbose_name="错误类型"),
                ),
                ("judgement", models.CharField(blank=True, default="", max_length=20, verbose_name="判定")),
                ("stage_differs", models.BooleanField(default=False, verbose_name="分期与结局不同")),
                (
                    "stood",
                    models.CharField(
                        help_text="Code of the ruling appealed against.", max_length=20, verbose_name="原结果"
                    ),
                ),
                (
                    "stands",
                    models.CharField(
                        blank=True,
                        help_text="Its code since the decision.",
                        max_length=20,
                        verbose_name="复核后结果",
                    ),
                ),
                ("withdrawn_at", models.DateTimeField(null=True, verbose_name="撤回时间")),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "appellant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="appeals",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="申诉人",
                    ),
                ),
                (
                    "assessor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="appeals_to_decide",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="复核人",
                    ),
                ),
                (
                    "assigned_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="appeals",
                        to="audits.case",
                    ),
                ),
                (
                    "department",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="appeals",
                        to="staff.department",
                        verbose_name="科室",
                    ),
                ),
                (
                    "finding",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="appeals",
                        to="reports.finding",
                    ),
                ),
                (
                    "monthly_case",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="appeals",
                        to="audits.monthlycase",
                    ),
                ),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="appeals",
                        to="reports.report",
                        verbose_name="检查报告",
                    ),
                ),
            ],
            options={
                "ordering": ("-appealed_at", "-id"),
            },
        ),
        migrations.CreateModel(
            name="AppealedFault",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("struck", models.BooleanField(null=True)),
                (
                    "appeal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="faults", to="audits.appeal"
                    ),
                ),
                (
                    "fault",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="appealed",
                        to="audits.fault",
                    ),
                ),
                (
                    "monthly_fault",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="appealed",
                        to="audits.monthlyfault",
                    ),
                ),
            ],
            options={
                "ordering": ("appeal_id", "id"),
            },
        ),
        migrations.CreateModel(
            name="Acknowledgement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "subject",
                    models.CharField(
                        choices=[
                            ("description", "季度评审·影像描述"),
                            ("conclusion", "季度评审·诊断结论"),
                            ("monthly", "月度质控"),
                            ("finding", "文本检查"),
                        ],
                        max_length=11,
                        verbose_name="对象",
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="时间")),
                (
                    "case",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="acknowledgements",
                        to="audits.case",
                    ),
                ),
                (
                    "department",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="staff.department"
                    ),
                ),
                (
                    "finding",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="acknowledgements",
                        to="reports.finding",
                    ),
                ),
                (
                    "monthly_case",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="acknowledgements",
                        to="audits.monthlycase",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="acknowledgements",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("user_id", "-at"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("case__isnull", False),
                                ("subject__in", ("description", "conclusion")),
                                ("finding__isnull", True),
                                ("monthly_case__isnull", True),
                            ),
                            models.Q(
                                ("case__isnull", True),
                                ("finding__isnull", True),
                                ("monthly_case__isnull", False),
                                ("subject", "monthly"),
                            ),
                            models.Q(
                                ("case__isnull", True),
                                ("finding__isnull", False),
                                ("monthly_case__isnull", True),
                                ("subject", "finding"),
                            ),
                            _connector="OR",
                        ),
                        name="acknowledged_one_thing",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("case__isnull", False)),
                        fields=("user", "case", "subject"),
                        name="case_acknowledged_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("monthly_case__isnull", False)),
                        fields=("user", "monthly_case"),
                        name="monthly_case_acknowledged_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("finding__isnull", False)),
                        fields=("user", "finding"),
                        name="finding_acknowledged_once",
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="appeal",
            index=models.Index(fields=["department", "state", "due_on"], name="appeal_by_state"),
        ),
        migrations.AddConstraint(
            model_name="appeal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("case__isnull", False),
                        ("subject__in", ("description", "conclusion")),
                        ("finding__isnull", True),
                        ("monthly_case__isnull", True),
                    ),
                    models.Q(
                        ("case__isnull", True),
                        ("finding__isnull", True),
                        ("monthly_case__isnull", False),
                        ("subject", "monthly"),
                    ),
                    models.Q(
                        ("case__isnull", True),
                        ("finding__isnull", False),
                        ("monthly_case__isnull", True),
                        ("subject", "finding"),
                    ),
                    _connector="OR",
                ),
                name="appeal_against_one_thing",
            ),
        ),
        migrations.AddConstraint(
            model_name="appeal",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="appeal_has_reason"
            ),
        ),
        migrations.AddConstraint(
            model_name="appeal",
            constraint=models.UniqueConstraint(
                condition=models.Q(("case__isnull", False), models.Q(("state", "withdrawn"), _negated=True)),
                fields=("case", "subject"),
                name="appeal_of_case_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="appeal",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("monthly_case__isnull", False), models.Q(("state", "withdrawn"), _negated=True)
                ),
                fields=("monthly_case",),
                name="appeal_of_monthly_case_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="appeal",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("finding__isnull", False), models.Q(("state", "withdrawn"), _negated=True)
                ),
                fields=("finding",),
                name="appeal_of_finding_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="appeal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("assessor__isnull", True),
                    models.Q(("assessor", models.F("appellant")), _negated=True),
                    _connector="OR",
                ),
                name="appeal_decided_by_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="appeal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ("open", "withdrawn")),
                    models.Q(("assessor__isnull", False), ("assigned_at__isnull", False)),
                    _connector="OR",
                ),
                name="assigned_appeal_has_assessor",
            ),
        ),
        migrations.AddConstraint(
            model_name="appeal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("decided_at__isnull", False),
                        ("state__in", ("upheld", "rejected")),
                        models.Q(("decision_reason", ""), _negated=True),
                    ),
                    models.Q(
                        ("decided_at__isnull", True),
                        ("stands", ""),
                        ("state__in", ("open", "assigned", "withdrawn")),
                    ),
                    _connector="OR",
                ),
                name="decided_appeal_has_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="appeal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("judgement", ""), ("characterisation", ""), ("error_kind", ""), ("localisation", "")
                    ),
                    models.Q(("state", "upheld"), ("subject", "conclusion")),
                    _connector="OR",
                ),
                name="only_upheld_appeal_rules_anew",
            ),
        ),
        migrations.AddConstraint(
            model_name="appeal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "upheld"), ("subject", "conclusion"), _negated=True),
                    models.Q(("judgement", ""), _negated=True),
                    _connector="OR",
                ),
                name="upheld_conclusion_has_judgement",
            ),
        ),
        migrations.AddConstraint(
            model_name="appealedfault",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("fault__isnull", False), ("monthly_fault__isnull", True)),
                    models.Q(("fault__isnull", True), ("monthly_fault__isnull", False)),
                    _connector="OR",
                ),
                name="appealed_fault_is_one",
            ),
        ),
    ]
