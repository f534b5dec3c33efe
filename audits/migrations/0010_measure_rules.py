from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("audits", "0009_fill_measure_days"),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='measure',
            constraint=models.CheckConstraint(condition=models.Q(('closed_by__isnull', True), ('closed_under_old_rule', True), models.Q(models.Q(('created_by__isnull', True), models.Q(('closed_by', models.F('created_by')), _negated=True), _connector='OR'), models.Q(('checked_by__isnull', True), models.Q(('closed_by', models.F('checked_by')), _negated=True), _connector='OR')), _connector='OR'), name='measure_closed_by_who_neither_set_nor_checked_it'),
        ),
        migrations.AddConstraint(
            model_name='measure',
            constraint=models.CheckConstraint(condition=models.Q(('done_on__isnull', True), ('is_backfilled', True), ('done_on__gte', models.F('set_on')), _connector='OR'), name='measure_done_after_it_was_set'),
        ),
    ]
