from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("staff", "0003_register"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="expires_on",
            field=models.DateField(blank=True, null=True, verbose_name="账号有效期至"),
        ),
    ]
