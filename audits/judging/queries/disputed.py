"""Cases on which two readers differ and that nobody arbitrates yet, in SQL: for counts."""

from django.db.models import Case as Choice
from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q, QuerySet, Value, When

from audits.judging.models import Review
from audits.sampling.models import Case
from audits.sampling.querysets import CaseQuerySet

_READERS = Q(reviews__reader__in=(1, 2))
_DESCRIBED = _READERS & Q(reviews__description_at__isnull=False)
_CONCLUDED = _READERS & Q(reviews__conclusion_at__isnull=False)


def disputed_cases(rows: CaseQuerySet[Case]) -> QuerySet[Case]:
    """Active cases of drawn audits with two readers who have ruled differently on a part of them."""
    # 符合 and 基本符合 count alike: readers who differ in these agree.
    counts_as = Choice(
        When(reviews__judgement="partly", then=Value("concordant")), default=F("reviews__judgement")
    )
    found = rows.active().annotate(
        described=Count("reviews", filter=_DESCRIBED),
        least=Min("reviews__description", filter=_DESCRIBED),
        most=Max("reviews__description", filter=_DESCRIBED),
        concluded=Count("reviews", filter=_CONCLUDED),
        one=Min(counts_as, filter=_CONCLUDED),
        other=Max(counts_as, filter=_CONCLUDED),
    )
    apart = Q(described=2) & ~Q(least=F("most")) | Q(concluded=2) & ~Q(one=F("other"))
    arbiter = Review.objects.filter(case=OuterRef("pk"), reader=3)
    return found.filter(apart, ~Exists(arbiter), audit__readers=2, audit__status="drawn")
