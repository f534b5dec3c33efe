"""What is never deleted, what by its own setting, and which events of the trail records rest on."""

from typing import Any

from django.conf import settings
from django.db.models import Q

from scoring.sheets.models import Sheet
from scoring.sheets.querysets import FROZEN
from staff.access.retention import Kind, register_basis, register_kind


def register() -> None:
    """Register them; once, when the app is made ready."""
    register_basis(events_of_records)
    why = "签发记录须能随时核验：其抽样、评定、申诉及相应留痕一并保存"
    register_kind(Kind("records", "签发的评分表、迎检包及其依据", 0, 0, why, lambda _: 0))
    days = settings.QC_RESULT_DAYS
    why = "批量结果可随时重新生成；期限由系统设置QC_RESULT_DAYS决定"
    register_kind(Kind("results", "批量迎检包的结果文件", days, 1, why, lambda _: 0, by_schedule=True))


def events_of_records() -> Q:
    """Events of draws, rulings, sheets and packets, and those whose hash a signed sheet prints."""
    signed: Any = Sheet.objects.filter(status__in=FROZEN)
    printed = signed.values_list("content__anchor__seq", flat=True)
    of_apps = Q(target_type__startswith="audits.") | Q(target_type__startswith="scoring.")
    return of_apps | Q(seq__in=[seq for seq in printed if seq])
