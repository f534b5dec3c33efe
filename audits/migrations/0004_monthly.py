"""The monthly spot check of row 1.2, and improvement measures with what became of them."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("audits", "0003_sheet_signed_at"),
        ("reports", "0005_report_people"),
        ("staff", "0003_register"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Measure",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("clauses", models.JSONField(default=list, verbose_name="条款")),
                ("problem", models.TextField(verbose_name="问题")),
                ("action", models.TextField(verbose_name="改进措施")),
                ("due_on", models.DateField(verbose_name="期限")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("open", "整改中"),
                            ("done", "已落实"),
                            ("checked", "已核对效果"),
                            ("closed", "已关闭"),
                            ("cancelled", "已取消"),
                        ],
                        default="open",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("done_on", models.DateField(null=True, verbose_name="落实日期")),
                (
                    "effect",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "未核对"),
                            ("effective", "有效"),
                            ("unclear", "尚不能判定"),
                            ("ineffective", "无效"),
                        ],
                        default="",
                        max_length=12,
                        verbose_name="效果",
                    ),
                ),
                (
                    "effect_facts",
                    models.JSONField(
                        default=dict,
                        help_text="The rates before and after as they stood when the effect was checked.",
                    ),
                ),
                ("checked_at", models.DateTimeField(null=True, verbose_name="核对时间")),
                ("closed_at", models.DateTimeField(null=True, verbose_name="关闭时间")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "checked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "closed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "department",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="measures",
                        to="staff.department",
                        verbose_name="科室",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="measures",
                        to="staff.member",
                        verbose_name="责任人",
                    ),
                ),
                (
                    "owner_user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="own_measures",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="责任人账号",
                    ),
                ),
                (
                    "quarter",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="measures",
                        to="audits.audit",
                        verbose_name="季度抽样",
                    ),
                ),
            ],
            options={
                "ordering": ("due_on", "id"),
            },
        ),
        migrations.CreateModel(
            name="MeasureEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("set", "制定措施"),
                            ("change", "修改措施"),
                            ("note", "落实记录"),
                            ("done", "落实完成"),
                            ("effect", "效果核对"),
                            ("close", "关闭"),
                            ("reopen", "重新整改"),
                            ("cancel", "取消"),
                        ],
                        max_length=8,
                    ),
                ),
                ("text", models.TextField(blank=True, verbose_name="内容")),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "measure",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="entries",
                        to="audits.measure",
                    ),
                ),
            ],
            options={
                "ordering": ("measure_id", "at", "id"),
            },
        ),
        migrations.CreateModel(
            name="MonthlyAudit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("month", models.DateField(help_text="The month's first day.", verbose_name="月份")),
                ("size", models.PositiveSmallIntegerField(default=10, verbose_name="抽查份数")),
                ("edition", models.CharField(max_length=40, verbose_name="标准版本")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("planned", "待抽样"),
                            ("drawn", "检查中"),
                            ("closed", "已完成"),
                            ("cancelled", "已作废"),
                        ],
                        default="planned",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("seed", models.CharField(max_length=120, verbose_name="随机种子")),
                (
                    "pool_list",
                    models.JSONField(
                        default=list, help_text="Frozen list, as audits.domain.frozen_list defines it."
                    ),
                ),
                ("pool_hash", models.CharField(blank=True, max_length=64, verbose_name="名单校验值")),
                ("pool_size", models.PositiveIntegerField(default=0)),
                (
                    "excluded",
                    models.JSONField(
                        default=dict, help_text="reason → how many reports of the month were left out"
                    ),
                ),
                (
                    "draw",
                    models.JSONField(default=dict, help_text="The draw document, replayable by verify_draw."),
                ),
                ("drawn_at", models.DateTimeField(null=True)),
                ("summary", models.TextField(blank=True, verbose_name="小结")),
                ("closed_at", models.DateTimeField(null=True, verbose_name="完成时间")),
                ("cancelled_reason", models.TextField(blank=True, verbose_name="作废理由")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "closed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "department",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="months",
                        to="staff.department",
                        verbose_name="科室",
                    ),
                ),
                (
                    "drawn_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("-month", "-id"),
            },
        ),
        migrations.AddField(
            model_name="measure",
            name="audit",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="measures",
                to="audits.monthlyaudit",
                verbose_name="月度质控",
            ),
        ),
        migrations.CreateModel(
            name="MonthlyCase",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(verbose_name="序号")),
                (
                    "system",
                    models.CharField(
                        choices=[
                            ("nervous", "神经"),
                            ("respiratory", "呼吸"),
                            ("digestive_urogenital", "消化及泌尿生殖"),
                            ("skeletal", "骨骼"),
                            ("circulatory", "循环"),
                            ("other", "其他"),
                        ],
                        max_length=20,
                        verbose_name="系统",
                    ),
                ),
                (
                    "modality",
                    models.CharField(
                        choices=[("DR", "X线"), ("CT", "CT"), ("MRI", "MRI")],
                        max_length=3,
                        verbose_name="检查种类",
                    ),
                ),
                (
                    "verdict",
                    models.CharField(
                        blank=True,
                        choices=[("", "未评"), ("conforming", "未见问题"), ("nonconforming", "有问题")],
                        default="",
                        max_length=13,
                        verbose_name="结果",
                    ),
                ),
                ("remark", models.TextField(blank=True, verbose_name="备注")),
                ("judged_at", models.DateTimeField(null=True)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "assessor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="monthly_cases",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="检查人",
                    ),
                ),
                (
                    "audit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cases",
                        to="audits.monthlyaudit",
                    ),
                ),
                (
                    "judged_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="monthly_cases",
                        to="reports.report",
                    ),
                ),
                (
                    "revision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="monthly_cases",
                        to="reports.revision",
                    ),
                ),
            ],
            options={
                "ordering": ("audit_id", "position"),
            },
        ),
        migrations.CreateModel(
            name="MonthlyFault",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("clause", models.CharField(max_length=20, verbose_name="条款")),
                ("field", models.CharField(blank=True, max_length=20, verbose_name="所在部分")),
                ("start", models.PositiveIntegerField(null=True)),
                ("end", models.PositiveIntegerField(null=True)),
                ("excerpt", models.TextField(blank=True, verbose_name="原文")),
                ("reason", models.TextField(verbose_name="理由")),
                ("code", models.CharField(blank=True, max_length=60, verbose_name="文本检查代码")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="faults",
                        to="audits.monthlycase",
                    ),
                ),
            ],
            options={
                "ordering": ("case_id", "id"),
            },
        ),
        migrations.AddConstraint(
            model_name="monthlyaudit",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status", "cancelled"), _negated=True),
                fields=("department", "month"),
                name="month_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="monthlyaudit",
            constraint=models.CheckConstraint(
                condition=models.Q(("size__gte", 1)), name="month_draws_something"
            ),
        ),
        migrations.AddConstraint(
            model_name="monthlyaudit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("status__in", ("planned", "cancelled")),
                    models.Q(("drawn_at__isnull", False), models.Q(("pool_hash", ""), _negated=True)),
                    _connector="OR",
                ),
                name="drawn_month_has_list",
            ),
        ),
        migrations.AddConstraint(
            model_name="monthlyaudit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "closed"), _negated=True),
                    models.Q(
                        ("closed_at__isnull", False),
                        ("closed_by__isnull", False),
                        models.Q(("summary", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="closed_month_has_summary",
            ),
        ),
        migrations.AddConstraint(
            model_name="monthlyaudit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "cancelled"), _negated=True),
                    models.Q(("cancelled_reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="cancelled_month_has_reason",
            ),
        ),
        migrations.AddIndex(
            model_name="measure",
            index=models.Index(fields=["department", "status", "due_on"], name="measure_by_status"),
        ),
        migrations.AddConstraint(
            model_name="measure",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("audit__isnull", False), ("quarter__isnull", True)),
                    models.Q(("audit__isnull", True), ("quarter__isnull", False)),
                    _connector="OR",
                ),
                name="measure_of_month_or_quarter",
            ),
        ),
        migrations.AddConstraint(
            model_name="measure",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("problem", ""), _negated=True), models.Q(("action", ""), _negated=True)
                ),
                name="measure_has_words",
            ),
        ),
        migrations.AddConstraint(
            model_name="measure",
            constraint=models.CheckConstraint(
                condition=models.Q(("owner__isnull", False), ("owner_user__isnull", False), _connector="OR"),
                name="measure_has_owner",
            ),
        ),
        migrations.AddConstraint(
            model_name="measure",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "closed"), _negated=True),
                    models.Q(
                        ("closed_at__isnull", False),
                        ("closed_by__isnull", False),
                        models.Q(("effect", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="closed_measure_was_checked",
            ),
        ),
        migrations.AddConstraint(
            model_name="measure",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("closed_by__isnull", True),
                    ("owner_user__isnull", True),
                    models.Q(("closed_by", models.F("owner_user")), _negated=True),
                    _connector="OR",
                ),
                name="measure_closed_by_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="measure",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("status__in", ("open", "cancelled")), ("done_on__isnull", False), _connector="OR"
                ),
                name="measure_done_has_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="monthlycase",
            constraint=models.UniqueConstraint(fields=("audit", "report"), name="monthly_report_once"),
        ),
        migrations.AddConstraint(
            model_name="monthlycase",
            constraint=models.UniqueConstraint(fields=("audit", "position"), name="monthly_position_once"),
        ),
        migrations.AddConstraint(
            model_name="monthlycase",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("judged_at__isnull", True), ("judged_by__isnull", True), ("verdict", "")),
                    models.Q(
                        models.Q(("verdict", ""), _negated=True),
                        ("judged_at__isnull", False),
                        ("judged_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="monthly_case_judged_by_someone",
            ),
        ),
        migrations.AddConstraint(
            model_name="monthlyfault",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("end__isnull", True), ("start__isnull", True)),
                    ("start__lt", models.F("end")),
                    _connector="OR",
                ),
                name="monthly_fault_place",
            ),
        ),
        migrations.AddConstraint(
            model_name="monthlyfault",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("reason", ""), _negated=True), models.Q(("clause", ""), _negated=True)
                ),
                name="monthly_fault_has_clause_and_reason",
            ),
        ),
    ]
