"""Dates of who was in which group (row 1.5). What is there: from the entry, where known, without an end."""

import django.db.models.deletion
from django.db import migrations, models


def record_present(apps, schema_editor):
    """A membership for everybody in a group now, or until they left."""
    member_model = apps.get_model("staff", "Member")
    rows = member_model.objects.exclude(group=None).select_related("group")
    here = [row for row in rows.order_by("pk") if row.is_active or row.left_on]
    apps.get_model("staff", "GroupMembership").objects.bulk_create(
        apps.get_model("staff", "GroupMembership")(
            group_id=row.group_id,
            member_id=row.pk,
            title=row.title,
            is_lead=row.is_active and row.group.lead_id == row.pk,
            since_on=row.entered_on,
            until_on=None if row.is_active else row.left_on,
        )
        for row in here
    )


def delete_dissolved(apps, schema_editor):
    """On the way back: dissolved groups were deleted then, and their names may be taken again."""
    apps.get_model("staff", "GroupMembership").objects.all().delete()
    apps.get_model("staff", "SubspecialtyGroup").objects.exclude(dissolved_on=None).delete()


class Migration(migrations.Migration):

    dependencies = [
        ('staff', '0006_no_change_stamps'),
    ]

    operations = [
        migrations.CreateModel(
            name='GroupMembership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(blank=True, max_length=30, verbose_name='职称')),
                ('is_lead', models.BooleanField(default=False, verbose_name='组长')),
                ('since_on', models.DateField(blank=True, null=True, verbose_name='入组日期')),
                ('until_on', models.DateField(blank=True, null=True, verbose_name='离组日期')),
            ],
            options={
                'ordering': ('group_id', 'id'),
            },
        ),
        migrations.AlterModelOptions(
            name='subspecialtygroup',
            options={'ordering': ('department_id', 'name', 'id')},
        ),
        migrations.RemoveConstraint(
            model_name='subspecialtygroup',
            name='group_once',
        ),
        migrations.AddField(
            model_name='subspecialtygroup',
            name='dissolved_on',
            field=models.DateField(blank=True, null=True, verbose_name='撤销日期'),
        ),
        migrations.AddConstraint(
            model_name='subspecialtygroup',
            constraint=models.UniqueConstraint(condition=models.Q(('dissolved_on', None)), fields=('department', 'name'), name='group_once'),
        ),
        migrations.AddField(
            model_name='groupmembership',
            name='group',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='staff.subspecialtygroup', verbose_name='专业组'),
        ),
        migrations.AddField(
            model_name='groupmembership',
            name='member',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='group_memberships', to='staff.member', verbose_name='人员'),
        ),
        migrations.AddConstraint(
            model_name='groupmembership',
            constraint=models.UniqueConstraint(condition=models.Q(('until_on', None)), fields=('member',), name='membership_open_once'),
        ),
        migrations.AddConstraint(
            model_name='groupmembership',
            constraint=models.CheckConstraint(condition=models.Q(('until_on__isnull', True), ('since_on__isnull', True), ('until_on__gte', models.F('since_on')), _connector='OR'), name='membership_ends_after_it_begins'),
        ),
        migrations.RunPython(record_present, delete_dissolved),
    ]
