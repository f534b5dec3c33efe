"""What an earlier draw found tells its next reader nothing: sums, sheets, packets, sentences (quality A2)."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from audits.judging.actions.assignment import assign_case, assign_fairly
from audits.judging.actions.permissions import allow_reader
from audits.judging.actions.replacement import replace_case
from audits.judging.models import Review
from audits.quarter.actions.quarters import cancel_audit, draw_audit
from audits.sampling.models import Audit
from reports.archive.models import Report
from scoring.packet.queries.document import packet_document
from scoring.packet.rendering import render
from scoring.sheets.actions.sheets import create_sheet
from scoring.sheets.models import Sheet
from scoring.sheets.queries.scored import scored_sheet
from tests.audits.factories import (
    ALLOWED,
    DIFFERS,
    assigned_audit,
    judge,
    planned_audit,
    reviews_of,
)
from tests.stories import made_once

pytestmark = pytest.mark.django_db
FOUND = "已评定1份，其中描述不规范1份、结论不符合1份"


@made_once
def case(department, officer, head, assessor):
    """A report of the officer's hands whose earlier draw found it faulty and discordant, and was given up."""
    early = assigned_audit(department, [assessor], n=10)
    first = reviews_of(early)[0]
    judge(first, faulty=True, conclusion=DIFFERS)
    early.refresh_from_db()
    create_sheet(audit=early, by=officer)
    cancel_audit(early, reason="窗口登记错误", version=early.version, by=head)
    audit = planned_audit(department, by=head, readers=2)
    audit = draw_audit(audit, version=audit.version, by=officer)
    allow_reader(audit, reader=officer, reason=ALLOWED, by=head)
    found = audit.cases.get(report=first.case.report)
    assign_case(found, assessors=[officer], version=audit.version, by=head)
    return found


def finish(case):
    judge(Review.objects.get(case=case))


def early():
    return Audit.objects.get(status="cancelled")


def test_sentence_on_an_earlier_draw_leaves_out_what_it_found_until_the_review_is_done(
    case, sign_in, officer, head
):
    page = reverse("audits:detail", args=[case.audit_id])
    texts = [sign_in(user).get(page).text for user in (officer, head)]
    assert [FOUND in text for text in texts] == [False, True]
    assert "已评定1份，其中有您正在评审的报告，完成评审后显示结果" in texts[0]
    finish(case)
    assert FOUND in sign_in(officer).get(page).text


def test_sums_of_an_earlier_draw_are_withheld_from_its_next_reader(case, sign_in, officer, head):
    page, sums = reverse("audits:detail", args=[early().pk]), "结果与可信程度"
    texts = [sign_in(user).get(page).text for user in (officer, head)]
    assert [sums in text for text in texts] == [False, True]
    assert "结果的合计中有您正在评审的报告" in texts[0]
    finish(case)
    assert sums in sign_in(officer).get(page).text


def test_draft_sheet_of_an_earlier_draw_is_withheld_from_its_next_reader(case, sign_in, officer, head):
    page = reverse("scoring:detail", args=[Sheet.objects.get().pk])
    assert [sign_in(user).get(page).status_code for user in (officer, head)] == [403, 200]
    finish(case)
    assert sign_in(officer).get(page).status_code == 200


def test_uploaded_packet_with_a_report_under_review_is_not_verified(case, sign_in, officer, head):
    content = render(packet_document(scored_sheet(Sheet.objects.get())), "json")
    answers = []
    for user in (officer, head):
        upload = {"file": SimpleUploadedFile("packet.json", content)}
        answers.append(sign_in(user).post(reverse("scoring:verify"), upload).status_code)
    assert answers == [403, 200]


def test_fair_assignment_leaves_the_other_place_of_an_own_case_to_others(case, officer, assessor, head):
    audit = Audit.objects.get(pk=case.audit_id)
    _, problems = assign_fairly(audit, assessors=[assessor], version=audit.version, by=officer)
    sentence = f"第{case.position}份由您评审，另一位评审医师请由其他人（如科主任）分配。"
    assert sentence in problems
    assert case.reviews.count() == 1
    audit.refresh_from_db()
    assign_fairly(audit, assessors=[assessor], version=audit.version, by=head)
    assert case.reviews.count() == 2


def test_replacement_by_a_reader_says_no_name_of_who_took_part(department, officer, head, assessor):
    audit = assigned_audit(department, [officer, assessor], allowed_by=head, n=25)
    Report.objects.update(operator=assessor.full_name)
    first = audit.cases.order_by("position").first()
    _, problems = replace_case(first, reason="影像不可读", version=audit.version, by=officer)
    assert problems == [f"第{first.position}份由您评审，另一位评审医师请由其他人（如科主任）分配。"]
    audit.refresh_from_db()
    second = audit.cases.filter(position=first.position + 1).get()
    _, problems = replace_case(second, reason="影像不可读", version=audit.version, by=head)
    assert problems == [f"{assessor.full_name}参与过新抽入的报告，第{second.position}份请另行分配。"]
