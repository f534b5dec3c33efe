"""PacketFile: a rendered packet, stored under the hash of its content."""

from django.db import models

from scoring.sheets.models import Sheet


class PacketFile(models.Model):
    """迎检包文件: a rendered document of a signed sheet, found again by what it was made from."""

    class Kind(models.TextChoices):
        PDF = "pdf", "PDF"
        XLSX = "xlsx", "Excel"
        JSON = "json", "JSON"

    sheet = models.ForeignKey(Sheet, models.PROTECT, related_name="packet_files")
    kind = models.CharField(max_length=4, choices=Kind)
    file = models.FileField(upload_to="packets/")
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("sheet_id", "kind")
        constraints = (models.UniqueConstraint(fields=("sheet", "kind"), name="packet_file_once"),)

    def __str__(self) -> str:
        return f"{self.sheet_id} {self.kind}"
