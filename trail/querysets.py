"""Which events a user may read."""

from typing import Any, Self

from django.db import models


class EventQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any, code: str) -> Self:
        """Events of the departments in which `user` holds `code`; all when it is held everywhere."""
        reach = user.reach(code) if getattr(user, "is_authenticated", False) else frozenset()
        if reach is None:
            return self
        return self.filter(department_id__in=reach) if reach else self.none()

    def about(self, target: models.Model) -> Self:
        """Events of one object, newest first."""
        return self.filter(target_type=target._meta.label_lower, target_id=str(target.pk))
