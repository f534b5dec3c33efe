"""The judging page: blind first, one's own only, nothing overwritten."""

import re

import pytest
from django.urls import reverse

from audits.judging.actions.arbitration import take_case
from audits.judging.actions.rulings import reveal_outcome, save_draft
from audits.judging.models import Review
from audits.quarter.actions.quarters import settle_audit
from reports.archive.models import Revision
from reports.outcomes.models import Outcome
from tests import people
from tests.audits.factories import AGREES, DIFFERS, assigned_audit, describe, judge, reviews_of
from tests.markup import unwrapped
from tests.stories import made_once

PATIENT_ID = "PID-CANARY-77"
CANARIES = {
    "patient_name": "欧阳试金",
    "reporting_physician": "书写试金",
    "reviewing_physician": "审核试金（0417）",
    "signed_by": "签发试金",
    "last_modified_by": "修改试金",
    "operator": "操作试金",
}
OUTCOME = "术后病理结局试金：肺错构瘤"
TEXT = (
    "欧阳试金右肺上叶尖段见一类圆形结节，大小约1.2cm×1.0cm。\n书写试金与审核试金共同阅片，签发 试金；"
    "操作试金，修改试金，工号0417，PID-CANARY-77。"
)


@made_once
def canary_audit(department, assessor):
    """An audit whose reports and outcomes carry words that must not leak."""
    texts = {
        "findings": TEXT,
        "impression": "1、欧阳试金，结节。审核试金。",
        "clinical_diagnosis": "书写试金会诊",
    }
    audit = assigned_audit(department, [assessor], **CANARIES | texts)
    Outcome.objects.update(text=OUTCOME + "，欧阳试金")
    for revision in Revision.objects.all():
        revision.content["patient_id"] = PATIENT_ID
        revision.save()
    return audit


@pytest.fixture
def review(canary_audit):
    return reviews_of(canary_audit)[0]


def url(name, review):
    return reverse(f"audits:{name}", args=[review.pk])


def description(review, **more):
    return {
        "version": review.version,
        "verdict": "conforming",
        "fault-TOTAL_FORMS": "1",
        "fault-INITIAL_FORMS": "0",
        "fault-0-clause": "",
        "fault-0-field": "",
        "fault-0-excerpt": "",
        "fault-0-reason": "",
    } | more


def faulty(review, **more):
    fault = {"fault-0-clause": "6.4.3.2", "fault-0-reason": "未指明参照组织。"}
    return description(review, verdict="nonconforming", **fault | more)


def conclusion(review, **changes):
    values = AGREES | changes
    values["conclusion_reason"] = values.pop("reason")
    if not values["stage_differs"]:
        del values["stage_differs"]
    return values | {"version": review.version}


def leaked(response) -> list[str]:
    """Canary words in the answer's bytes, headers included."""
    text = response.content.decode() + str(response.headers)
    words = [*CANARIES.values(), PATIENT_ID, "审核试金", "0417", "试金", "结局试金", "肺错构瘤"]
    return [word for word in words if word in text]


def test_judge_before_description_shows_no_name_physician_or_outcome(sign_in, assessor, review):
    response = sign_in(assessor).get(url("judge", review))
    assert response.status_code == 200
    assert leaked(response) == []
    assert review.case.report.accession_number not in response.content.decode()
    assert "右肺上叶尖段见一类圆形结节" in response.content.decode()


def test_judge_described_but_not_revealed_stays_blind(sign_in, assessor, review):
    describe(review)
    assert leaked(sign_in(assessor).get(url("judge", review))) == []


@pytest.mark.parametrize("data", [{}, {"verdict": "nonconforming"}, {"more": "1"}])
def test_judge_refused_description_stays_blind(sign_in, assessor, review, data):
    response = sign_in(assessor).post(
        url("rule_description", review), description(review) | {"verdict": ""} | data
    )
    assert leaked(response) == []


def test_judge_conflict_before_reveal_stays_blind(sign_in, assessor, review):
    response = sign_in(assessor).post(url("rule_description", review), description(review, version=99))
    assert response.status_code == 409
    assert leaked(response) == []


def test_judge_revealed_shows_outcome_and_physicians_but_not_the_patient(sign_in, assessor, review):
    client = sign_in(assessor)
    client.post(url("rule_description", review), description(review, then="reveal"))
    text = client.get(url("judge", review)).content.decode()
    assert "术后病理结局试金：肺错构瘤" in text
    assert "书写试金" in text
    assert [word for word in ("欧阳试金", PATIENT_ID) if word in text] == []


def test_lists_of_an_assessor_stay_blind(sign_in, assessor, canary_audit):
    client = sign_in(assessor)
    for name in ("audits:my_reviews", "audits:arbitration"):
        assert leaked(client.get(reverse(name))) == []


def test_judge_anothers_review_is_404(sign_in, department, review):
    other = people.second_assessor(department)
    assert sign_in(other).get(url("judge", review)).status_code == 404


def test_my_reviews_shows_mine_and_hides_theirs(sign_in, department, assessor):
    second = people.second_assessor(department)
    audit = assigned_audit(department, [assessor, second])
    text = sign_in(second).get(reverse("audits:my_reviews")).content.decode()
    mine = {r.pk for r in reviews_of(audit) if r.assessor == second}
    linked = {int(pk) for pk in re.findall(r"/audits/mine/(\d+)/", text)}
    assert linked == mine


def test_full_flow_description_reveal_conclusion_next(sign_in, assessor, review):
    client = sign_in(assessor)
    client.post(
        url("rule_description", review),
        faulty(review, **{"fault-0-field": "findings", "fault-0-excerpt": "大小约1.2cm"}),
    )
    review.refresh_from_db()
    fault = review.faults.get()
    assert (review.description, fault.excerpt, fault.start) == (
        "nonconforming",
        "大小约1.2cm",
        TEXT.index("大小约"),
    )
    client.post(url("reveal", review), {"version": review.version})
    review.refresh_from_db()
    assert review.outcome_seen_at is not None
    response = client.post(url("rule_conclusion", review), conclusion(review, **DIFFERS) | {"then": "next"})
    review.refresh_from_db()
    assert review.judgement == "discordant"
    second = Review.objects.get(case__audit=review.case.audit, case__position=2)
    assert response.url == url("judge", second)


def test_last_conclusion_goes_back_to_the_list(sign_in, assessor, canary_audit):
    rows = reviews_of(canary_audit)
    for review in rows[1:]:
        judge(review)
    client = sign_in(assessor)
    client.post(url("rule_description", rows[0]), description(rows[0], then="reveal"))
    rows[0].refresh_from_db()
    response = client.post(url("rule_conclusion", rows[0]), conclusion(rows[0]) | {"then": "next"})
    assert response.url == reverse("audits:my_reviews")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"verdict": ""}, "请选择影像描述“规范”或“不规范”。"),
        ({"verdict": "nonconforming"}, "至少列出一项"),
        (
            {"verdict": "nonconforming", "fault-0-clause": "6.4.3.6", "fault-0-reason": "单位。"},
            "只作提示，不扣分",
        ),
        ({"fault-0-clause": "6.4.3.2"}, "请写明理由。"),
        ({"fault-0-clause": "1.2.3", "fault-0-reason": "无。"}, "没有这个条款，请从列表中选择。"),
        ({"fault-0-reason": "只有理由"}, "请选择条款。"),
        (
            {"verdict": "nonconforming", "fault-0-clause": "6.4.3.2", "fault-0-reason": "无。"}
            | {"fault-0-field": "findings", "fault-0-excerpt": "没有的话"},
            "影像描述中没有“没有的话”",
        ),
        ({"fault-TOTAL_FORMS": "x"}, "请选择|management|ManagementForm|缺"),
    ],
)
def test_description_refused_says_why_and_keeps_what_was_typed(sign_in, assessor, review, changes, sentence):
    response = sign_in(assessor).post(
        url("rule_description", review), description(review, description_reason="我写的话") | changes
    )
    text = response.content.decode()
    assert response.status_code == 400
    assert "我写的话" in text
    if "TOTAL_FORMS" not in str(changes):
        assert sentence in text
    review.refresh_from_db()
    assert review.description_at is None


def test_description_without_script_adds_a_row_and_saves_nothing(sign_in, assessor, review):
    response = sign_in(assessor).post(url("rule_description", review), faulty(review, more="1"))
    text = response.content.decode()
    assert response.status_code == 200
    assert 'name="fault-1-clause"' in text
    assert "未指明参照组织。" in text
    review.refresh_from_db()
    assert review.description_at is None


def test_conclusion_before_reveal_refused(sign_in, assessor, review):
    describe(review)
    review.refresh_from_db()
    response = sign_in(assessor).post(url("rule_conclusion", review), conclusion(review))
    assert response.status_code == 400
    assert leaked(response) == []


def test_reveal_before_description_refused(sign_in, assessor, review):
    client = sign_in(assessor)
    client.post(url("reveal", review), {"version": review.version})
    review.refresh_from_db()
    assert review.outcome_seen_at is None
    assert leaked(client.get(url("judge", review))) == []


def test_conclusion_contradiction_is_named_on_the_page(sign_in, assessor, review):
    client = sign_in(assessor)
    client.post(url("rule_description", review), description(review, then="reveal"))
    review.refresh_from_db()
    response = client.post(
        url("rule_conclusion", review), conclusion(review, judgement="discordant", reason="错")
    )
    assert response.status_code == 400
    assert "须指明漏诊、误诊或过诊" in response.content.decode()


def test_second_save_shows_both_versions_and_overwrites_nothing(sign_in, assessor, review):
    client = sign_in(assessor)
    client.post(url("rule_description", review), faulty(review))
    response = client.post(
        url("rule_description", review), description(review, description_reason="另一窗口")
    )
    text = response.content.decode()
    assert response.status_code == 409
    assert [word in text for word in ("未指明参照组织。", "另一窗口", "不规范")] == [True] * 3
    review.refresh_from_db()
    assert (review.description, review.faults.count()) == ("nonconforming", 1)


def test_conflict_page_can_keep_my_version_deliberately(sign_in, assessor, review):
    client = sign_in(assessor)
    client.post(url("rule_description", review), faulty(review))
    page = unwrapped(client.post(url("rule_description", review), description(review)).content.decode())
    fields = dict(
        re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page.split("您刚才填写的内容")[1])
    )
    client.post(url("rule_description", review), fields)
    review.refresh_from_db()
    assert (review.description, review.version) == ("conforming", 3)


def test_draft_is_kept_and_shown_again(sign_in, assessor, review):
    client = sign_in(assessor)
    data = faulty(review, part="description", draft_version=0, description_reason="写到一半")
    response = client.post(url("draft", review), data)
    assert response.json()["draft_version"] == 1
    text = client.get(url("judge", review)).content.decode()
    assert "写到一半" in text
    assert "未指明参照组织。" in text
    review.refresh_from_db()
    assert review.description_at is None


def test_draft_from_an_older_window_answers_409_in_words(sign_in, assessor, review):
    save_draft(review, draft={}, draft_version=0, by=assessor)
    data = description(review, part="description", draft_version=0)
    response = sign_in(assessor).post(url("draft", review), data)
    assert response.status_code == 409
    assert "另一窗口" in response.json()["message"]


@pytest.mark.parametrize(
    "data", [{}, {"part": "x", "draft_version": "0"}, {"part": "description", "draft_version": "a"}]
)
def test_draft_unfit_answers_400_in_words(sign_in, assessor, review, data):
    response = sign_in(assessor).post(url("draft", review), data)
    assert (response.status_code, "未保存" in response.json()["message"]) == (400, True)


def test_judge_settled_audit_is_read_only(sign_in, assessor, canary_audit):
    rows = reviews_of(canary_audit)
    for review in rows:
        judge(review)
    canary_audit.refresh_from_db()
    settle_audit(canary_audit, version=canary_audit.version, by=None)
    client = sign_in(assessor)
    assert "只可查看" in client.get(url("judge", rows[0])).content.decode()
    rows[0].refresh_from_db()
    response = client.post(url("rule_description", rows[0]), faulty(rows[0], reopened_reason="改判"))
    assert response.status_code == 400


def test_judge_page_marks_the_fault_in_the_text(sign_in, assessor, review):
    client = sign_in(assessor)
    place = {"fault-0-field": "findings", "fault-0-excerpt": "类圆形结节"}
    client.post(url("rule_description", review), faulty(review, **place))
    page = unwrapped(client.get(url("judge", review)).content.decode())
    assert re.search(r'<mark class="hard"[^>]*>类圆形结节</mark>', page)


def test_judge_text_is_escaped(sign_in, department, assessor):
    audit = assigned_audit(
        department, [assessor], findings="<script>alert(1)</script>", impression="1、<b>x</b>"
    )
    text = sign_in(assessor).get(url("judge", reviews_of(audit)[0])).content.decode()
    assert "<script>alert(1)</script>" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in re.sub("</?mark[^>]*>", "", text)


def test_judge_page_has_no_inline_script_or_style(sign_in, assessor, review):
    text = sign_in(assessor).get(url("judge", review)).content.decode()
    assert re.findall(r"\sstyle=|\son\w+=|<script(?![^>]*src)", text) == []


def test_arbitration_empty_and_with_dispute(sign_in, department, assessor):
    second = people.second_assessor(department)
    third = people.person("assessor3", "评三", "assessor", department)
    client = sign_in(third)
    assert "没有待仲裁的病例" in client.get(reverse("audits:arbitration")).content.decode()
    audit = assigned_audit(department, [assessor, second])
    pair = reviews_of(audit)[:2]
    judge(pair[0], faulty=True)
    judge(pair[1])
    text = client.get(reverse("audits:arbitration")).content.decode()
    assert "接手仲裁" in text
    response = client.post(reverse("audits:take", args=[pair[0].case_id]))
    page = client.get(response.url)
    assert page.status_code == 200
    assert "两位评审的描述评定" in page.content.decode()
    assert "评一" not in page.content.decode()
    mine = Review.objects.get(reader=3)
    client.post(url("rule_description", mine), description(mine))
    assert "已仲裁" in client.get(reverse("audits:arbitration")).content.decode()


def test_stratum_set_by_the_outcome_is_told_only_after_the_reveal(sign_in, department, assessor):
    # A chest CT counted as 循环 says that the outcome was a disease of the vessels.
    audit = assigned_audit(department, [assessor], n=1)
    review = reviews_of(audit)[0]
    review.case.system = "circulatory"
    review.case.save()
    client = sign_in(assessor)
    mine = reverse("audits:my_reviews")
    for path in (url("judge", review), mine):
        text = client.get(path).content.decode()
        assert ("循环" in text, "呼吸系统" in text) == (False, True)
    client.post(url("rule_description", review), description(review, then="reveal"))
    for path in (url("judge", review), mine):
        assert "循环系统" in client.get(path).content.decode()


def test_draft_with_a_control_character_is_kept_without_it(sign_in, assessor, review):
    data = description(review, part="description", draft_version=0, description_reason="半\0句")
    assert sign_in(assessor).post(url("draft", review), data).status_code == 200
    review.refresh_from_db()
    assert review.draft["description"]["description_reason"] == "半句"


def test_conclusion_of_the_arbiter_leads_back_to_what_else_is_in_dispute(sign_in, department, assessor):
    readers = [assessor, people.second_assessor(department)]
    third = people.person("assessor3", "评三", "assessor", department)
    pair = reviews_of(assigned_audit(department, readers, n=1))
    judge(pair[0], conclusion=DIFFERS)
    judge(pair[1])
    review = take_case(pair[0].case, by=third)
    review = reveal_outcome(review, version=review.version, by=third)
    answer = sign_in(third).post(url("rule_conclusion", review), conclusion(review) | {"then": "next"})
    assert (answer.status_code, answer.headers["Location"]) == (302, reverse("audits:arbitration"))
