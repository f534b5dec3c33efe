"""The worker keeps an anchor of the trail every hour (QUALITY L2)."""

from django.db import migrations

NAME = "留痕锚点"


def add_schedule(apps, schema_editor):
    schedule = apps.get_model("django_q", "Schedule")
    schedule.objects.get_or_create(name=NAME, defaults={"func": "trail.anchors.keep_anchor", "schedule_type": "H"})


def remove_schedule(apps, schema_editor):
    apps.get_model("django_q", "Schedule").objects.filter(name=NAME).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("trail", "0002_append_only"),
        ("django_q", "0019_alter_task_options_alter_ormq_key_alter_ormq_lock_and_more"),
    ]
    operations = [migrations.RunPython(add_schedule, remove_schedule)]
