"""Querysets of reviews."""

from typing import Any, Self

from django.db.models import Exists, OuterRef, Q

from staff.access.querysets import DepartmentScoped, Row
from staff.accounts.models import User

_DEFERRED = ("case__audit__pool_list", "case__audit__ledger", "case__audit__draw")


class ReviewQuerySet(DepartmentScoped[Row]):
    department_path = "case__audit__department"
    opened_path = "case__report"

    def for_page(self) -> Self:
        """With the case, its report and frozen revision, the assessor and the faults."""
        related = ("case__audit__department", "case__report", "case__revision", "assessor")
        return self.defer(*_DEFERRED).select_related(*related).prefetch_related("faults")

    def for_list(self) -> Self:
        """With the audit and the frozen revision of the case, without the draft."""
        return self.defer(*_DEFERRED, "draft").select_related("case__audit", "case__revision")

    def visible_to(self, user: User, code: str = "audits.judge") -> Self:
        """The user's own reviews only."""
        return super().visible_to(user, code).filter(assessor=user)

    def still_open(self) -> Self:
        """Reviews in which something is still to be judged, an arbiter's as far as the readers differ."""
        undone = Q(description_at__isnull=True) | Q(conclusion_at__isnull=True)
        agreeing = Exists(self._readers(judgement__in=("concordant", "partly")))
        discordant, undecidable = (
            Exists(self._readers(judgement=word)) for word in ("discordant", "undecidable")
        )
        apart = agreeing & (discordant | undecidable) | discordant & undecidable
        arbiter = Q(description_at__isnull=True) | Q(apart, conclusion_at__isnull=True)
        rows = self.filter(case__state="active", case__audit__status="drawn")
        return rows.filter(Q(undone, reader__in=(1, 2)) | Q(arbiter, reader=3))

    def _readers(self, **asked: Any) -> Any:
        return self.model._default_manager.filter(case=OuterRef("case"), reader__in=(1, 2), **asked)

    def unfinished(self) -> Self:
        """Readers' reviews in which something is still to be judged; arbitration is counted apart."""
        open_part = Q(description_at__isnull=True) | Q(conclusion_at__isnull=True)
        return self.filter(open_part, reader__in=(1, 2), case__state="active", case__audit__status="drawn")


class ReaderPermissionQuerySet(DepartmentScoped[Row]):
    department_path = "audit__department"

    def for_page(self) -> Self:
        """With the draw, the reader and the head."""
        related = ("audit__department", "reader", "allowed_by")
        return self.defer(*(name.removeprefix("case__") for name in _DEFERRED)).select_related(*related)
