from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0004_findings"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="report",
            index=models.Index(
                fields=[
                    "department",
                    "reported_at",
                    "signed_by",
                    "signed_at",
                    "operator",
                    "examined_at",
                    "modality",
                    "reviewing_physician",
                    "is_final",
                ],
                name="report_people",
            ),
        ),
    ]
