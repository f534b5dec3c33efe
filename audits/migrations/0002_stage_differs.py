"""A stage that differs from the outcome is noted and changes nothing (DOMAIN 3.3)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audits", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="review",
            name="stage_differs",
            field=models.BooleanField(default=False, help_text="只作备注，不改变判定。", verbose_name="分期与结局不同"),
        ),
    ]
