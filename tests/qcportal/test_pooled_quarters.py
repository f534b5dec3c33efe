"""Pooled quarters from the rows: home, quarter page and packet take the same ones and name them."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from audits.judging.models import Review
from audits.judging.queries.results import audit_results
from audits.quarter.queries.figures import earlier_results, figures_of
from audits.sampling.models import Audit
from qcportal.home.quarter import quarter_at_hand
from scoring.packet.queries.document import packet_document
from scoring.sheets.actions.sheets import create_sheet
from scoring.sheets.queries.scored import scored_sheet
from tests.scoring.sheets.factories import judged_audit

pytestmark = pytest.mark.django_db
ENDS = {2: date(2026, 6, 30), 1: date(2026, 3, 31)}


def earlier(audit: Audit, quarter: int, *, signed: bool, judged: int = 10, **more) -> Audit:
    """The audit again, as of an earlier quarter of the year, with rulings for the first `judged` cases."""
    copy = Audit.objects.get(pk=audit.pk)
    copy.pk, copy._state.adding = None, True
    copy.label, copy.window_end = f"2026年第{quarter}季度", ENDS[quarter]
    copy.window_start = copy.window_end.replace(month=3 * quarter - 2, day=1)
    copy.save()
    for case in audit.cases.order_by("position"):
        reviews = list(Review.objects.filter(case=case))
        case.pk, case._state.adding, case.audit = None, True, copy
        case.save()
        for review in reviews if case.position <= judged else ():
            review.pk, review._state.adding, review.case = None, True, case
            review.save()
    copy.sheet_signed_at = timezone.now() if signed else None
    for name, value in more.items():
        setattr(copy, name, value)
    copy.save()
    return copy


@pytest.fixture
def audit(department, assessor):
    """2026's third quarter, judged and not signed: 9 of 10."""
    return judged_audit(department, assessor, discordant=1)


def pooled_of(audit):
    found = figures_of(audit_results(audit), earlier_results(audit)).pooled
    return found.names, found.missing, (found.numerator, found.denominator)


def test_judged_quarter_is_pooled_though_nobody_settled_or_signed_it(audit):
    earlier(audit, 2, signed=False)  # its status is `drawn` still
    earlier(audit, 1, signed=True, status=Audit.Status.SETTLED)
    assert pooled_of(audit) == (
        "2026年第3季度（未签发）、2026年第2季度（未签发）、2026年第1季度",
        "",
        (27, 30),
    )


def test_unfinished_and_cancelled_quarters_are_not_pooled(audit):
    earlier(audit, 2, signed=False, judged=6)
    earlier(audit, 1, signed=False, status=Audit.Status.CANCELLED)
    assert pooled_of(audit) == ("2026年第3季度（未签发）", "2026年第2季度（评审未完成）", (9, 10))


def test_quarter_at_hand_that_is_unfinished_adds_nothing(audit):
    earlier(audit, 2, signed=True)
    earlier(audit, 1, signed=True)
    Review.objects.filter(case__audit=audit, case__position__gt=6).delete()
    assert pooled_of(audit) == (
        "2026年第2季度、2026年第1季度",
        "2026年第3季度（评审未完成）",
        (18, 20),
    )


def test_home_quarter_page_and_packet_pool_the_same_quarters(sign_in, audit, department, officer):
    earlier(audit, 2, signed=False)
    earlier(audit, 1, signed=True)
    names = "2026年第3季度（未签发）、2026年第2季度（未签发）、2026年第1季度"
    client = sign_in(officer)
    home, page = (
        client.get(place).content.decode()
        for place in (reverse("home"), reverse("audits:detail", args=[audit.pk]))
    )
    assert f"3个季度合并（{names}）：27/30" in home
    assert f"合并的3个季度：{names}。" in page
    sentences = packet_document(scored_sheet(create_sheet(audit=audit, by=officer))).statistics.sentences
    assert sentences[-1] == (
        "最近3个季度（2026年第3季度、2026年第2季度（未签发）、2026年第1季度）合计27/30，"
        "符合率90.0%，95%置信区间74%–97%。"
    )
    found = quarter_at_hand(department, officer, date(2026, 11, 30))
    assert found.figures.pooled.names == names


def test_packet_of_signed_quarters_in_a_row_says_what_it_always_said(audit, officer):
    earlier(audit, 2, signed=True, status=Audit.Status.SETTLED)
    sentences = packet_document(scored_sheet(create_sheet(audit=audit, by=officer))).statistics.sentences
    assert sentences[-1] == "最近2个季度合计18/20，符合率90.0%，95%置信区间70%–97%。"


def test_what_if_of_home_and_sheet_page_starts_from_the_suggested_points(sign_in, department, officer, audit):
    before = quarter_at_hand(department, officer, date(2026, 11, 30)).score.sentences
    sheet = create_sheet(audit=audit, by=officer)
    after = quarter_at_hand(department, officer, date(2026, 11, 30)).score.sentences
    # No records: every row is suggested as absent, which leaves 19 points at most.
    words = (
        "第1部分尚未评定的行按建议计，共0分",
        "其余项目即使全部符合，总分也将低于21分",
        "第1部分若多得2分，即达到21分",
    )
    assert (before, after) == (words, words)
    assert all(
        sentence in sign_in(officer).get(f"/sheets/{sheet.pk}/").content.decode() for sentence in words
    )
