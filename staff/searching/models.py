"""The typed part of a filter, stored under the token that its address carries."""

from django.conf import settings
from django.db import models


class StoredSearch(models.Model):
    """Texts of one search of one person, by field name. The same search again has the same token."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="searches")
    token = models.CharField(max_length=32, unique=True)
    content = models.JSONField()
    content_hash = models.CharField(max_length=64)
    used_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("user", "content_hash"), name="stored_search_once"),)
        indexes = (models.Index(fields=("used_at",), name="stored_search_used"),)

    def __str__(self) -> str:
        return self.token
