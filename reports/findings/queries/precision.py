"""The measured precision of each rule in a department, from people's rulings."""

from django.db.models import Count, Q

from reports.domain.precision import Precision
from reports.findings.models import Finding, RuleStanding
from staff.departments.models import Department


def precisions(department: Department) -> dict[str, Precision]:
    """By code, for every rule that was judged. After a restoration only later rulings count. Two queries."""
    restored = RuleStanding.objects.filter(department=department, restored_at__isnull=False)
    before = Q()
    for code, restored_at in restored.values_list("code", "restored_at"):
        before |= Q(code=code, ruled_at__lte=restored_at)
    rows = Finding.objects.filter(department=department).ruled()
    if before:
        rows = rows.exclude(before)
    counted = (
        rows.order_by()
        .values_list("code")
        .annotate(confirmed=Count("pk", filter=Q(state="confirmed")), judged=Count("pk"))
    )
    return {code: Precision(confirmed, judged) for code, confirmed, judged in counted}


def precision_of(department: Department, code: str) -> Precision:
    """The same for one rule."""
    demotion = RuleStanding.objects.filter(
        department=department, code=code, restored_at__isnull=False
    ).first()
    rows = Finding.objects.filter(department=department, code=code).ruled()
    if demotion is not None:
        rows = rows.filter(ruled_at__gt=demotion.restored_at)
    return Precision(rows.filter(state="confirmed").count(), rows.count())
