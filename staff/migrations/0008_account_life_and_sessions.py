"""When an account was switched on again; sessions with the account, device and times their owner sees."""

from django.db import migrations, models


def delete_sessions(apps, schema_editor):
    """Sessions move to another table: everybody signs in again, and no old one is left lying."""
    apps.get_model("sessions", "Session").objects.all().delete()


class Migration(migrations.Migration):

    dependencies = [
        ('staff', '0007_group_memberships'),
        ('sessions', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='user',
            name='enabled_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.CreateModel(
            name='StoredSession',
            fields=[
                ('session_key', models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name='session key')),
                ('session_data', models.TextField(verbose_name='session data')),
                ('expire_date', models.DateTimeField(db_index=True, verbose_name='expire date')),
                ('account_id', models.BigIntegerField(db_index=True, null=True)),
                ('ip', models.CharField(blank=True, max_length=45, verbose_name='地址')),
                ('device', models.CharField(blank=True, max_length=60, verbose_name='设备')),
                ('started_at', models.DateTimeField(null=True, verbose_name='登录时间')),
                ('seen_at', models.DateTimeField(null=True, verbose_name='最近活动')),
            ],
            options={
                'verbose_name': 'session',
                'verbose_name_plural': 'sessions',
                'abstract': False,
            },
        ),
        migrations.RunPython(delete_sessions, migrations.RunPython.noop),
    ]
