"""The shell: a role sees its own entries, every one opens, the head says where the quarter stands."""

import pytest
from django.urls import reverse

from audits.judging.models import Review
from qcportal.navigation import ENTRIES, navigation
from qcportal.status_line import quarter_status_line
from scoring.sheets.models import Sheet
from standards.loader import current_edition
from tests.audits.factories import assigned_audit, describe, drawn_audit, judge, planned_audit, reviews_of

pytestmark = pytest.mark.django_db
SEEN = {
    "officer": (
        "工作台 待我处理 检查报告 文本检查 文本规则 导入 结局 抽样评审 我的评审 申诉 评分表 迎检包 验真 "
        "月度质控 整改 佐证材料 会议 随访 随访反馈 人员资质 当日资质 我的资质 标准条款 来源"
    ),
    "head": (
        "工作台 待我处理 检查报告 文本检查 文本规则 结局 抽样评审 申诉 评分表 迎检包 验真 月度质控 整改 "
        "佐证材料 会议 随访 随访反馈 人员资质 当日资质 我的资质 标准条款"
    ),
    "assessor": "工作台 待我处理 我的评审 仲裁 申诉 整改 随访反馈 我的资质 标准条款",
    "member": "工作台 待我处理 检查报告 文本检查 我的报告问题 整改 随访反馈 我的资质 标准条款",
    "inspector": "工作台 待我处理 迎检包 验真 标准条款",
    "admin": "工作台 待我处理 标准条款 科室 账号 授权申请 来源 安全 保存期限",
    "security_admin": "工作台 待我处理 标准条款 账号 授权申请 安全 保存期限",
    "auditor": "工作台 待我处理 标准条款 安全 留痕 读取记录",
}


@pytest.mark.parametrize("who", SEEN)
def test_navigation_shows_a_role_its_own_entries_and_each_opens(who, request, sign_in, rf):
    user = request.getfixturevalue(who)
    asked = rf.get("/")
    asked.user = user
    items = navigation(asked)
    assert " ".join(item.label for item in items) == SEEN[who]
    client = sign_in(user)
    assert {item.label: client.get(item.url).status_code for item in items} == {i.label: 200 for i in items}


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.url_name)
def test_navigation_marks_the_entry_of_the_page_itself_as_active(entry, department, rf):
    from staff.accounts.models import RoleGrant
    from tests import people

    user = people.officer(department)
    for role in ("assessor", "member", "admin", "auditor"):
        RoleGrant.objects.create(user=user, role=role)
    asked = rf.get(reverse(entry.url_name))
    asked.user = user
    assert [item.label for item in navigation(asked) if item.active] == [entry.label]


def test_navigation_counts_the_reviews_that_wait(department, assessor, officer, rf):
    drawn = assigned_audit(department, [assessor])
    judge(reviews_of(drawn)[0])
    asked = rf.get("/")
    counts = {}
    for user in (assessor, officer):
        asked.user = user
        counts[user.username] = [i.count for i in navigation(asked) if i.label == "我的评审"]
    assert counts == {"assessor": [9], "officer": [None]}


def text(department, user):
    found = quarter_status_line(department, user)
    return found and found.text


def test_standing_follows_the_quarter_from_plan_to_signature(department, officer, assessor):
    assert text(department, officer) is None
    audit = assigned_audit(department, [assessor])
    assert text(department, officer) == "2026年第3季度 · 评审中 0/10"
    reviews = reviews_of(audit)
    for review in reviews[:6]:
        judge(review)
    describe(reviews[6])
    assert text(department, officer) == "2026年第3季度 · 评审中 6/10"
    for review in Review.objects.filter(conclusion_at=None, description_at=None):
        judge(review)
    review = Review.objects.get(conclusion_at=None)
    Review.objects.filter(pk=review.pk).update(conclusion_at=review.description_at, judgement="concordant")
    assert text(department, officer) == "2026年第3季度 · 已评10/10，评分表未建立"
    sheet = Sheet.objects.create(
        audit=audit, edition=current_edition().id, hospital_level="tertiary", submitted_by=officer
    )
    assert text(department, officer) == "2026年第3季度 · 已评10/10，评分表填写中"
    Sheet.objects.filter(pk=sheet.pk).update(status="submitted", submitted_at=review.description_at)
    assert text(department, officer) == "2026年第3季度 · 待签发"


def test_standing_planned_waits_for_the_draw(department, officer):
    planned_audit(department)
    assert text(department, officer) == "2026年第3季度 · 待抽样"


def test_standing_is_of_the_own_department_and_for_those_who_may_see_it(
    department, other_department, officer, assessor, inspector
):
    drawn_audit(department)
    assert text(department, officer) is not None
    assert [text(department, user) for user in (assessor, inspector)] == [None, None]
    assert text(other_department, officer) is None


def test_standing_costs_one_query(department, officer, django_assert_num_queries):
    drawn_audit(department)
    assert officer.may("audits.view", department)
    with django_assert_num_queries(1):
        quarter_status_line(department, officer)
