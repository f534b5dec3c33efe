"""The words in which sheets and packets are asked for."""

from typing import Any, Self

from django.db.models import CharField, Exists, OuterRef, Q, Subquery
from django.db.models.functions import Cast

from staff.access.querysets import DepartmentScoped, Row
from trail.models import Event

FROZEN = ("signed", "superseded")  # versions whose content never changes again
SIGN = "scoring.sign"
DIFFERS = "scoring.record_differs"
_DEFERRED = ("content", "audit__pool_list", "audit__ledger", "audit__draw")
_RELATED_OF_PAGE = (
    "audit__department__institution",
    "corrects",
    "submitted_by",
    "returned_by",
    "signed_by",
    "created_by",
)


class SheetQuerySet(DepartmentScoped[Row]):
    department_path = "audit__department"
    report_path = "audit__cases__report"
    tells_outcomes = True

    def _withheld(self, user: Any) -> Q:
        """Signed versions only: the page of a draft leaves out what its reader may not see yet."""
        return super()._withheld(user) & Q(status__in=FROZEN)

    def for_page(self) -> Self:
        """With what a sheet's own page shows, its content included; without the audit's lists."""
        return self.select_related(*_RELATED_OF_PAGE).defer("corrects__content", *_DEFERRED[1:])

    def for_list(self) -> Self:
        """With what lists and file names show, without the large columns."""
        return self.select_related("audit__department__institution", "signed_by").defer(*_DEFERRED)

    def signed(self) -> Self:
        """Sheets in force: signed and not corrected since."""
        return self.filter(status="signed")

    def with_signed_as(self) -> Self:
        """Each with `signed_as`, what its signing event named (None where there is none), and
        `was_corrected`, whether a version that corrects it was signed."""
        signed = Event.objects.filter(
            action=SIGN, target_type="scoring.sheet", target_id=Cast(OuterRef("pk"), CharField())
        )
        named = Subquery(signed.order_by("seq").values("detail")[:1])
        corrections = self.model._default_manager.filter(corrects=OuterRef("pk"), status__in=FROZEN)
        return self.annotate(signed_as=named, was_corrected=Exists(corrections))

    def with_correction(self) -> Self:
        """Each with `being_corrected`, whether a version that is not signed yet corrects it."""
        newer = self.model._default_manager.filter(corrects=OuterRef("pk")).exclude(status__in=FROZEN)
        return self.annotate(being_corrected=Exists(newer))

    def downloadable_by(self, user: Any) -> Self:
        """Signed versions of the user's departments, and those granted to an inspector until a day."""
        if not getattr(user, "is_authenticated", False) or not user.may("scoring.download_packet"):
            return self.none()
        grants: Any = self.model._meta.get_field("grants").related_model
        granted = grants.objects.in_force().filter(inspector=user).values("sheet_id")
        inside = self.visible_to(user, "scoring.view_sheet").visible_to(user, "scoring.download_packet")
        reach = Q(pk__in=granted) | Q(pk__in=inside.values("pk"))
        return self.filter(reach, status__in=FROZEN).not_withheld_from(user)
