"""Corrections under way: a signed sheet whose next version was opened and is not signed yet."""

from django.db.models import Exists, OuterRef
from django.utils import timezone

from scoring.sheets.models import Sheet
from scoring.sheets.querysets import SheetQuerySet

OPEN = (Sheet.Status.DRAFT, Sheet.Status.SUBMITTED)


def being_corrected(rows: SheetQuerySet[Sheet]) -> SheetQuerySet[Sheet]:
    """Those signed versions of `rows` that a version under way corrects."""
    return rows.signed().filter(Exists(Sheet.objects.filter(corrects=OuterRef("pk"), status__in=OPEN)))


def correction_under_way(sheet: Sheet) -> Sheet | None:
    """The unsigned version that corrects `sheet`; one query, none for a version that is not in force."""
    if sheet.status != Sheet.Status.SIGNED:
        return None
    return Sheet.objects.filter(corrects=sheet.pk, status__in=OPEN).defer("content").first()


def correction_sentence(sheet: Sheet) -> str:
    """That the signed `sheet` is being corrected, for everybody who may read it; "" when it is not."""
    newer = correction_under_way(sheet)
    if newer is None:
        return ""
    day = timezone.localtime(newer.created_at).strftime("%Y-%m-%d")
    return (
        f"本评分表正在更正：第{newer.number}版已于 {day} 建立，尚未签发；"
        f"签发前第{sheet.number}版仍然有效，签发后以第{newer.number}版为准。"
    )
