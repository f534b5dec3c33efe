"""A report under review is withheld from its reader, whatever else they may do (docs/quality.md A2)."""

import html
import io
import re
import zipfile
from datetime import date, datetime
from itertools import combinations

import pytest
from django.urls import NoReverseMatch, reverse

from audits.follow_up.models import Feedback
from audits.judging.actions.arbitration import take_case
from audits.judging.actions.assignment import assign_case, assign_fairly
from audits.judging.actions.permissions import allow_reader
from audits.judging.actions.rulings import concordance_ruling, reveal_outcome, rule_conclusion
from audits.judging.models import Review
from audits.monthly.actions.months import assign_month, close_month, draw_month, open_month
from audits.monthly.models import MonthlyCase
from audits.quarter.actions.quarters import draw_audit, open_audit, settle_audit
from audits.sampling.domain.window import audit_window
from audits.sampling.models import Audit, Case
from reports.archive.models import Report
from reports.corrections.models import OutcomeCorrection
from reports.imports.models import ImportBatch, ImportSource
from reports.outcomes.models import Outcome
from scoring.sheets.actions.sheets import create_sheet
from staff.access.profile import ADMINISTRATORS
from staff.accounts.models import RoleGrant
from tests import people
from tests.audits.factories import AGREES, ALLOWED, UNTIL, describe, judge
from tests.audits.follow_up.factories import followed, make_conference, make_minutes
from tests.audits.monthly.factories import check_all
from tests.exports.reading import pdf_text
from tests.factories import make_outcome, make_report, pool_of
from tests.reports.findings.factories import make_finding
from tests.web.permission_table import pages
from trail.chain import record

NUMBER, SIBLING = "ZX90017", "ZX90025"
OUTCOMES = ("病理示绒毛样错构", "同一手术另记一条", "外院病理待核一条")
PEOPLE = ("闻人执笔", "夏侯复核", "南宫操机")
TELLING = (NUMBER, *OUTCOMES, *PEOPLE, "鹳雀", "P-9001")
ROLES = ("qc_officer", "head", "assessor", "admin", "auditor", "member", "inspector")
LISTS = (
    "home",
    "audits:list",
    "audits:my_reviews",
    "audits:arbitration",
    "audits:conferences",
    "staff:trail",
)
QUERIES = (
    {},
    {"export": "xlsx"},
    {"q": NUMBER},
    {"part": "signature"},
    {"part": "checks"},
    {"state": "pending"},
)


@pytest.fixture
def reader(department):
    """A QC officer who holds every other role as well, and judges."""
    user = people.officer(department)
    for role in ROLES[1:]:
        RoleGrant.objects.create(
            user=user, role=role, department=None if role in ADMINISTRATORS else department
        )
    return user


@pytest.fixture
def other(department):
    user = people.person("officer2", "测二鸣", "qc_officer", department)
    RoleGrant.objects.create(user=user, role="head", department=department)
    return user


@pytest.fixture
def report(department):
    """The report of which everything tells, in a department with nine others."""
    pool_of(department, 9)
    values = {
        "patient_name": "鹳雀儿",
        "patient_id": "P-9001",
        "examined_at": datetime(2026, 9, 8, 9),
        "reported_at": datetime(2026, 9, 8, 11),
        "reporting_physician": PEOPLE[0],
        "reviewing_physician": PEOPLE[1],
        "operator": PEOPLE[2],
    }
    report = make_report(department, NUMBER, **values)
    make_outcome(report, text=OUTCOMES[0])
    spring = {"examined_at": datetime(2026, 5, 8, 9), "reported_at": datetime(2026, 5, 8, 11)}
    patient = {"patient_name": "鹳雀儿", "patient_id": "P-9001", "patient_key": report.patient_key}
    sibling = make_report(department, SIBLING, **spring, **patient)
    make_outcome(sibling, text=OUTCOMES[1])
    pending = {"department": department, "given_patient_id": "P-9001", "candidates": [NUMBER, SIBLING]}
    make_outcome(None, text=OUTCOMES[2], match=Outcome.Match.AMBIGUOUS, **pending)
    make_finding(report, "结节")
    return report


@pytest.fixture
def case(department, report, reader, other):
    """Its case in the reader's hands: drawn by another, with an earlier draw given up after a ruling."""
    early = open_audit(department=department, window=audit_window(date(2026, 9, 20)), by=other)
    early = draw_audit(early, version=early.version, by=other)
    allow_reader(early, reader=reader, reason=ALLOWED, by=other)
    first = early.cases.get(report=report)
    assign_case(first, assessors=[reader], version=early.version, by=other)
    judge(Review.objects.get(case=first))
    Audit.objects.filter(pk=early.pk).update(status="cancelled", cancelled_reason="窗口登记错误")
    reason = {"by": reader, "repeat_reason": "原窗口登记错误"}
    audit = open_audit(department=department, window=audit_window(UNTIL), **reason)
    audit = draw_audit(audit, version=audit.version, by=other)
    allow_reader(audit, reader=reader, reason=ALLOWED, by=other)
    found = audit.cases.get(report=report)
    assign_case(found, assessors=[reader], version=audit.version, by=other)
    return found


@pytest.fixture
def everything(department, report, case, other):
    """What else tells of the report: follow-up, conference, a finished month, a draft of the sheet."""
    followed(report, by=other, recipient=None, message="请对照结局")
    make_minutes(make_conference(department, [report], by=other), by=other)
    month = open_month(department=department, month=date(2026, 9, 1), size=10, by=other)
    month = check_all(draw_month(month, version=month.version, by=other), other)
    close_month(month, summary="已检查。", version=month.version, by=other)
    create_sheet(audit=case.audit, by=other)
    sibling_quarter(department, other)
    refused_rows(department, other)
    OutcomeCorrection.objects.create(
        outcome=report.outcomes.get(), kind="edited", before={}, reason=OUTCOMES[0], corrected_by=other
    )
    record("outcomes.correct", by=other, target=report.outcomes.get(), detail={"reason": OUTCOMES[0]})


def sibling_quarter(department, other):
    """An earlier quarter, settled, in which the patient's other report was judged."""
    audit = open_audit(department=department, window=audit_window(date(2026, 5, 31)), by=other)
    audit = draw_audit(audit, version=audit.version, by=other)
    early = people.person("early", "测早评", "assessor", department)
    assign_fairly(audit, assessors=[early], version=audit.version, by=other)
    for review in Review.objects.filter(case__audit=audit):
        judge(review)
    audit.refresh_from_db()
    settle_audit(audit, version=audit.version, by=other)


def refused_rows(department, other):
    """An import of outcomes with a refused row about the report."""
    cells = (NUMBER, "鹳雀儿", OUTCOMES[0])
    row = {"row": 3, "column": "结局日期", "found": "某日", "expected": "日期", "reason": "不是日期"}
    ImportBatch.objects.create(
        department=department,
        kind="outcomes",
        status=ImportBatch.Status.DONE,
        source=ImportSource.objects.create(department=department, kind="outcomes", name="结局登记"),
        file_name="结局.csv",
        size=1,
        reading={"labels": ["检查号", "姓名", "结局"], "columns": {"检查号": "accession_number"}},
        refusals=[row | {"accession_number": NUMBER, "cells": cells}],
        created_by=other,
    )


def readable(response) -> str:
    """The answer's head and body, archives and PDFs opened; the trail of one's own question is no leak."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as parts:
            text = "".join(parts.read(name).decode(errors="replace") for name in parts.namelist())
    elif body.startswith(b"%PDF"):
        text = pdf_text(body)
    else:
        text = body.decode(errors="replace")
    return html.unescape(text)


def every_answer(client) -> dict[str, str]:
    """Every URL that answers GET, with every small id in it, and the lists narrowed and exported."""
    keys = {
        row.pk
        for model in (Report, Outcome, Audit, Review, MonthlyCase, Feedback, ImportBatch)
        for row in model.objects.all()
    }
    found = {}
    for page in pages():
        if "GET" not in page.methods:
            continue
        for kwargs in choices(page.url, keys):
            for query in QUERIES if not kwargs else ({},):
                url = reverse(page.url, kwargs=kwargs)
                response = client.get(url, query)
                # What the question itself names comes back in the field of the filter.
                text = readable(response).replace(f'value="{NUMBER}"', "").replace(f"q={NUMBER}", "")
                found[f"{url} {query}"] = f"{response.status_code} {text}"
    return found


def choices(name: str, keys: set[int]) -> list[dict]:
    more = {
        "kind": ("pdf", "xlsx", "json", "quarter", "month", "finding"),
        "file": (1,),
        "code": ("6.4.3.2/x",),
    }
    try:
        reverse(name)
    except NoReverseMatch:
        pass
    else:
        return [{}]
    found = []
    for pk in sorted(keys):
        for extra in ({}, *({key: value} for key, values in more.items() for value in values)):
            try:
                reverse(name, kwargs={"pk": pk} | extra)
            except NoReverseMatch:
                continue
            found.append({"pk": pk} | extra)
    return found


def leaks(found: dict[str, str]) -> dict[str, list[str]]:
    found = {url: [word for word in TELLING if word in text] for url, text in found.items()}
    return {url: words for url, words in found.items() if words}


@pytest.mark.slow
def test_report_under_review_is_on_no_page_and_in_no_file_of_its_reader(sign_in, reader, case, everything):
    found = every_answer(sign_in(reader))
    unready = {url for url in found if url.startswith("/readyz")}  # no worker runs here, which it says
    assert [url for url, text in found.items() if text.startswith("5") and url not in unready] == []
    assert leaks(found) == {}


def addresses(case) -> dict[str, str]:
    """Where the report, its outcome and its number are told; each with a word of them."""
    report = case.report
    sibling = Case.objects.get(report__accession_number=SIBLING)
    batch = ImportBatch.objects.get()
    return {
        reverse("reports:detail", args=[report.pk]): OUTCOMES[0],
        reverse("reports:list"): NUMBER,
        reverse("reports:list") + "?export=xlsx": NUMBER,
        reverse("reports:outcomes"): OUTCOMES[0],
        reverse("reports:outcomes") + "?export=xlsx": OUTCOMES[1],
        reverse("reports:outcomes") + "?state=pending": OUTCOMES[2],
        reverse("reports:findings"): NUMBER,
        reverse("audits:follow_ups"): NUMBER,
        reverse("audits:follow_up", args=[report.follow_up.pk]): OUTCOMES[0],
        reverse("audits:follow_up_register") + "?since=2026-09-01&until=2026-09-30": NUMBER,
        reverse("audits:conference", args=[report.conference_cases.get().conference_id]): NUMBER,
        reverse("audits:conference_pdf", args=[report.conference_cases.get().conference_id]): NUMBER,
        reverse("audits:case", args=[case.pk]): OUTCOMES[0],
        reverse("audits:case", args=[sibling.pk]): OUTCOMES[1],
        reverse("audits:document", args=[sibling.audit_id]): SIBLING,
        reverse("reports:batch", args=[batch.pk]): OUTCOMES[0],
        reverse("reports:batch_refused", args=[batch.pk]) + "?purpose=refused": OUTCOMES[0],
        reverse("audits:document", args=[case.audit_id]): NUMBER,
        reverse("audits:month_record", args=[report.monthly_cases.get().audit_id]): NUMBER,
        reverse("scoring:detail", args=[case.audit.sheets.get().pk]): NUMBER,
        reverse("scoring:download", args=[case.audit.sheets.get().pk, "json"]): OUTCOMES[0],
    }


def telling(client, case) -> list[str]:
    """The addresses of which the answer tells what is said to stand there."""
    return [url for url, word in addresses(case).items() if word in readable(client.get(url))]


@pytest.mark.slow
def test_report_under_review_is_shown_to_its_reader_once_it_is_judged(sign_in, reader, case, everything):
    client = sign_in(reader)
    assert telling(client, case) == []
    review = describe(Review.objects.get(case=case))
    assert telling(client, case) == []
    review = reveal_outcome(review, version=review.version, by=reader)
    rule_conclusion(review, ruling=concordance_ruling(**AGREES), version=review.version, by=reader)
    assert telling(client, case) == list(addresses(case))


@pytest.mark.slow
def test_report_under_review_is_told_to_no_reader_of_any_two_roles(
    sign_in, department, reader, case, everything
):
    every = [*addresses(case), *(reverse(name) for name in LISTS)]
    for pair in combinations(ROLES, 2):
        RoleGrant.objects.filter(user=reader).delete()
        for role in pair:
            RoleGrant.objects.create(
                user=reader, role=role, department=None if role in ADMINISTRATORS else department
            )
        client = sign_in(type(reader).objects.get(pk=reader.pk))
        assert leaks({url: readable(client.get(url)) for url in every}) == {}, pair


def test_lists_of_a_reader_of_every_role_open_and_tell_nothing(sign_in, reader, case, everything):
    client = sign_in(reader)
    answers = {name: client.get(reverse(name)) for name in LISTS}
    assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(LISTS, 200)
    assert leaks({name: readable(answer) for name, answer in answers.items()}) == {}


QUESTIONS = (
    *((name, {}) for name in LISTS if name != "staff:trail"),
    *(("reports:list", {"sort": column}) for column in ("outcome_count", "-reporting_physician", "patient")),
    *(("reports:list", {name: value}) for name, value in (("physician", PEOPLE[0]), ("outcome", "yes"))),
    *(("reports:outcomes", {"sort": column}) for column in ("kind", "-observed_on", "text")),
    *(("reports:outcomes", {name: value}) for name, value in (("q", "错构"), ("kind", "surgical_pathology"))),
    *(("reports:findings", {"by": by}) for by in ("", "physician", "clause", "rule")),
    ("reports:findings", {"physician": PEOPLE[0]}),
    ("reports:rules", {}),
    ("reports:qualified", {"since": "2026-09-08", "until": "2026-09-08"}),
    ("reports:qualified", {"since": "2026-09-08", "until": "2026-09-08", "part": "signature"}),
    *(("audits:follow_ups", {"stage": stage}) for stage in ("", "overdue", "candidate")),
    ("audits:conferences", {"sort": "title"}),
    ("audits:measures", {}),
    ("scoring:evidence", {}),
)


_EACH_TIME = re.compile(r'[A-Za-z0-9]{32,}|data-session-left="\d+"')


def answers_to(client, case) -> dict[str, str]:
    """What the reader sees, without what differs each time: tokens of forms, seconds left of the session."""
    asked = [(reverse(name), query) for name, query in QUESTIONS]
    asked.append((reverse("audits:detail", args=[case.audit_id]), {}))
    asked.append((reverse("audits:case", args=[case.pk]), {}))
    return {f"{url} {query}": _EACH_TIME.sub("", readable(client.get(url, query))) for url, query in asked}


@pytest.mark.slow
def test_answers_to_the_reader_are_the_same_whatever_is_withheld(sign_in, reader, other, case, everything):
    """No count, order, filter or sort depends on the outcome, the physicians or the name."""
    before = {user: answers_to(sign_in(user), case) for user in (reader, other)}
    people_now = {"reporting_physician": "令狐他人", "reviewing_physician": None, "operator": "东方技师"}
    Report.objects.filter(pk=case.report_id).update(patient_name="欧阳公", **people_now)
    other_outcome = {"kind": "clinical_follow_up", "observed_on": date(2026, 9, 28), "text": "随访为肺炎。"}
    case.report.outcomes.update(**other_outcome)
    after = {user: answers_to(sign_in(user), case) for user in (reader, other)}
    changed = {
        user: [url for url, text in before[user].items() if text != after[user][url]] for user in before
    }
    assert changed[reader] == []
    assert len(changed[other]) > 10


def test_trail_tells_the_reader_no_reason_about_the_outcome(sign_in, reader, case, everything):
    text = readable(sign_in(reader).get(reverse("staff:trail") + "?action=outcomes.correct"))
    assert OUTCOMES[0] not in text
    judged = readable(sign_in(people.auditor()).get(reverse("staff:trail") + "?action=outcomes.correct"))
    assert OUTCOMES[0] in judged


@pytest.mark.slow
def test_report_under_review_is_shown_to_who_does_not_judge_it(sign_in, other, case, everything):
    assert telling(sign_in(other), case) == list(addresses(case))


def test_report_under_review_opened_by_its_reader_says_why_and_where_to_judge(sign_in, reader, case):
    response = sign_in(reader).get(reverse("reports:detail", args=[case.report_id]))
    text = response.content.decode()
    assert response.status_code == 403
    assert "您正在评审该报告，完成评审前不能查看其结局与姓名。" in text
    assert reverse("audits:judge", args=[Review.objects.get(case=case).pk]) in text


def test_list_that_leaves_out_a_report_under_review_says_so(sign_in, reader, other, case):
    sentence = "您正在评审的1份报告，评审完成前不列出，也不计入。"
    for query in ("", "?export=xlsx"):
        url = reverse("reports:list") + query
        assert sentence in readable(sign_in(reader).get(url))
        assert sentence not in readable(sign_in(other).get(url))


@pytest.mark.parametrize("role", ["qc_officer", "head"])
def test_report_checked_in_a_month_is_withheld_from_who_checks_it(sign_in, department, report, other, role):
    checker = people.person("checker", "测三鸣", role, department)
    RoleGrant.objects.get_or_create(user=checker, role="assessor", department=department)
    month = open_month(department=department, month=date(2026, 9, 1), size=10, by=other)
    month = draw_month(month, version=month.version, by=other)
    page = reverse("reports:detail", args=[report.pk])
    assert sign_in(checker).get(page).status_code == 200
    month, _ = assign_month(month, assessors=[checker], version=month.version, by=other)
    assert sign_in(checker).get(page).status_code == 403
    check_all(month, checker)
    assert sign_in(checker).get(page).status_code == 200


def test_report_is_withheld_from_its_arbiter_while_the_readers_differ(sign_in, department, report, other):
    readers = [people.person(f"r{n}", f"评审{n}", "assessor", department) for n in "一二"]
    head = people.head(department)
    RoleGrant.objects.create(user=head, role="assessor", department=department)
    audit = open_audit(department=department, window=audit_window(UNTIL), readers=2, by=other)
    audit = draw_audit(audit, version=audit.version, by=other)
    case = audit.cases.get(report=report)
    assign_case(case, assessors=readers, version=audit.version, by=other)
    for review, faulty in zip(case.reviews.order_by("reader"), (True, False), strict=True):
        judge(review, faulty=faulty)
    page = reverse("reports:detail", args=[report.pk])
    assert sign_in(head).get(page).status_code == 200
    allow_reader(audit, reader=head, reason=ALLOWED, by=head)
    arbitration = take_case(case, by=head)
    assert sign_in(head).get(page).status_code == 403
    describe(arbitration)
    assert sign_in(head).get(page).status_code == 200
