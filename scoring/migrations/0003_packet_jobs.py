import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("scoring", "0002_evidence_register"),
        ("staff", "0004_account_end"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PacketJob",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField(verbose_name="年度")),
                ("quarter", models.PositiveSmallIntegerField(null=True, verbose_name="季度")),
                ("sheets", models.JSONField(default=list)),
                ("included", models.JSONField(default=list, help_text="Ids of the sheets whose files are in the result.")),
                ("lacking", models.JSONField(default=list, help_text="Which packets do not exist yet, in words.")),
                ("problems", models.JSONField(default=list, help_text="What could not be put in, and why, in words.")),
                ("status", models.CharField(choices=[("queued", "等待中"), ("running", "生成中"), ("done", "已完成"), ("cancelled", "已取消"), ("failed", "未能完成"), ("expired", "已过保留期")], default="queued", max_length=10, verbose_name="状态")),
                ("progress_done", models.PositiveIntegerField(default=0)),
                ("progress_total", models.PositiveIntegerField(default=0)),
                ("problem", models.TextField(blank=True)),
                ("file", models.FileField(blank=True, upload_to="packet-jobs/")),
                ("sha256", models.CharField(blank=True, max_length=64)),
                ("size", models.PositiveBigIntegerField(default=0)),
                ("key", models.CharField(max_length=40)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("started_at", models.DateTimeField(null=True)),
                ("beat_at", models.DateTimeField(help_text="The last sign of life; an old one is resumed.", null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                ("keep_until", models.DateTimeField(null=True, verbose_name="保留至")),
                ("asked_by", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="packet_jobs", to=settings.AUTH_USER_MODEL)),
                ("department", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="packet_jobs", to="staff.department", verbose_name="科室")),
            ],
            options={
                "ordering": ("-created_at", "-id"),
                "constraints": [
                    models.UniqueConstraint(condition=models.Q(("status__in", ("queued", "running"))), fields=("asked_by", "key"), name="packet_job_open_once"),
                    models.CheckConstraint(condition=models.Q(models.Q(("status", "done"), _negated=True), models.Q(models.Q(("file", ""), _negated=True), models.Q(("sha256", ""), _negated=True), ("keep_until__isnull", False)), _connector="OR"), name="done_packet_job_has_result"),
                    models.CheckConstraint(condition=models.Q(("quarter__isnull", True), ("quarter__range", (1, 4)), _connector="OR"), name="packet_job_quarter"),
                ],
            },
        ),
    ]
