"""Measures set before the day of setting was kept: the day of their entry, and what the new rules would refuse."""

from django.db import migrations
from django.db.models import F, Q
from django.db.models.functions import TruncDate


def fill(apps, schema_editor):
    """What was done before it was entered is 补录; what one person set or checked and closed stands as it is."""
    measures = apps.get_model("audits", "Measure").objects
    measures.update(set_on=TruncDate("created_at"))
    measures.filter(done_on__lt=F("set_on")).update(is_backfilled=True)
    alone = Q(closed_by=F("created_by")) | Q(closed_by=F("checked_by"))
    measures.filter(alone).update(closed_under_old_rule=True)


class Migration(migrations.Migration):

    dependencies = [
        ("audits", "0008_repeated_months_and_measure_days"),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
