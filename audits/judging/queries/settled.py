"""Settled cases in one query, for lists: what audits.judging.domain.rulings decides from the readings."""

from django.db.models import Case as Choice
from django.db.models import Count, F, Max, Min, Q, QuerySet, Value, When

from audits.judging.models import Review
from audits.sampling.models import Case
from audits.sampling.querysets import CaseQuerySet

_READERS = Q(reviews__reader__in=(Review.Reader.FIRST, Review.Reader.SECOND))
_ARBITER = Q(reviews__reader=Review.Reader.ARBITER)
_CONCLUDED = Q(reviews__conclusion_at__isnull=False)


def settled_cases(rows: CaseQuerySet[Case]) -> QuerySet[Case]:
    """Those active cases of `rows` on which every reader ruled, agreeing or arbitrated, and not 无法判定."""
    # 符合 and 基本符合 count alike: readers who differ in these agree.
    counts_as = Choice(
        When(reviews__judgement="partly", then=Value("concordant")), default=F("reviews__judgement")
    )
    found = rows.active().annotate(
        ruled=Count("reviews", filter=_READERS & _CONCLUDED),
        least=Min("reviews__description", filter=_READERS),
        most=Max("reviews__description", filter=_READERS),
        one=Min(counts_as, filter=_READERS),
        other=Max(counts_as, filter=_READERS),
        described=Count("reviews", filter=_ARBITER & Q(reviews__description_at__isnull=False)),
        decided=Count("reviews", filter=_ARBITER & _CONCLUDED & ~Q(reviews__judgement="undecidable")),
    )
    agreed = Q(one=F("other")) & ~Q(one="undecidable")
    arbitrated = ~Q(one=F("other")) & Q(decided__gt=0)
    described = Q(least=F("most")) | Q(described__gt=0)
    return found.filter(described, agreed | arbitrated, ruled__gte=F("audit__readers")).order_by()
