from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0006_final_rulings"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="report",
            index=models.Index(
                fields=[
                    "department",
                    "reported_at",
                    "is_final",
                    "signature_method",
                    "signed_by",
                    "last_modified_at",
                    "last_modified_by",
                ],
                name="report_signatures",
            ),
        ),
    ]
