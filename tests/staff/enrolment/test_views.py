"""Accounts in a batch: chosen or listed, looked at, made all or none; slips printed once."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from pypdf import PdfReader

from staff.accounts.models import User
from staff.enrolment.domain.lines import Line
from staff.enrolment.queries import plan
from staff.register.models import Member
from tests import people
from tests.staff.factories import make_member
from trail.models import Event

pytestmark = pytest.mark.django_db

REGISTER, LIST, COMMIT, SLIPS = (
    f"staff:{name}" for name in ("enrol_register", "enrol_list", "enrol", "slips")
)
CSV = """姓名,工号,用户名,角色,科室,邮箱,账号有效期至
新甲,7001,,评审医师,RAD,jia@example.org,
新乙,7002,OFFICER,,,,
新丙,7003,,院长,,,
新丁,7004,,,CT,,
新戊,7005,,,,不是邮箱,
新己,7006,,检查专家,,,
新庚,1007,,,,,
新辛,7001,xin,,,,
,7008,,,,,
新壬,7009,,,,,
"""


@pytest.fixture
def admin_client(sign_in, admin, department):
    """The administrator's browser in RAD, past the first request, which writes the session."""
    client = sign_in(admin)
    session = client.session
    session["department"] = department.pk
    session.save()
    client.get(reverse("healthz"))
    return client


def post(client, name, **data):
    return client.post(reverse(name), data)


def upload(client, text=CSV):
    file = SimpleUploadedFile("名单.csv", text.encode("utf-8-sig"))
    return post(client, LIST, file=file, role="member")


def shown(response):
    return [(p.username, p.line.full_name, p.role.code) for p in response.context["plan"].accounts]


def actions():
    return list(Event.objects.order_by("seq").values_list("action", flat=True))


def pdf_text(response):
    pages = PdfReader(io.BytesIO(response.content)).pages
    return "".join(page.extract_text() for page in pages)


# --- from a list ------------------------------------------------------------------------------------


def test_list_is_looked_at_first_and_each_refused_row_is_named(admin_client, officer):
    before = User.objects.count()
    response = upload(admin_client)

    assert shown(response) == [("7001", "新甲", "assessor"), ("7009", "新壬", "member")]
    assert [(one.row, one.column, one.found) for one in response.context["refused"]] == [
        (3, "用户名", "OFFICER"),
        (4, "角色", "院长"),
        (5, "科室", "CT"),
        (6, "邮箱", "不是邮箱"),
        (7, "账号有效期至", "空"),
        (8, "工号", "1007"),
        (9, "工号", "7001"),
        (10, "姓名", "空"),
    ]
    assert "没有用过的用户名（与“officer”相同）" in response.content.decode()
    assert User.objects.count() == before


def test_confirmed_list_makes_accounts_with_roles_and_one_event_each(
    admin_client, admin, officer, department
):
    carried = upload(admin_client).context["carried"]
    before = len(actions())
    assert post(admin_client, COMMIT, plan=carried).url == reverse(SLIPS)

    made = User.objects.get(username="7001")
    assert (made.full_name, made.staff_number, made.email) == ("新甲", "7001", "jia@example.org")
    assert not made.role_grants.exists()  # an assessor sees reports: the security administrator confirms
    asked = made.grant_requests.pending()
    assert [(g.role, g.department, g.requested_by) for g in asked] == [("assessor", department, admin)]
    assert not made.has_usable_password()
    assert actions()[before:] == [
        *("staff.account_create", "staff.role_request") * 2,
        "staff.accounts_batch",
    ]
    detail = Event.objects.get(action="staff.accounts_batch").detail
    assert detail == {"source": "名单.csv", "accounts": ["7001", "7009"], "refused": 0}


def test_confirmed_again_makes_nothing_twice(admin_client):
    carried = upload(admin_client).context["carried"]
    post(admin_client, COMMIT, plan=carried)
    count = User.objects.count()
    again = post(admin_client, COMMIT, plan=carried)
    assert again.status_code == 400
    assert "没有建立任何账号" in again.content.decode()
    assert User.objects.count() == count


def test_one_account_that_cannot_be_made_takes_all_back(admin_client, monkeypatch):
    carried = upload(admin_client).context["carried"]
    before = User.objects.count(), len(actions())
    from staff.conflicts.versions import RefusedError
    from staff.enrolment import actions as enrolment

    def refuse_the_second(user, **given):
        if user.username == "7009":
            raise RefusedError("须由第二人批准。")

    monkeypatch.setattr(enrolment, "grant_role", refuse_the_second)
    response = post(admin_client, COMMIT, plan=carried)
    assert response.status_code == 400
    assert "新壬（7009）：须由第二人批准。本批没有建立任何账号。" in response.content.decode()
    assert (User.objects.count(), len(actions())) == before


@pytest.mark.parametrize("carried", ["", "made-up:signature", "of another"])
def test_commit_of_what_was_not_looked_at_makes_nothing(admin_client, sign_in, department, carried):
    if carried == "of another":
        carried = upload(admin_client).context["carried"]
        sign_in(people.person("admin2", "管理乙", "admin", None))
    before = User.objects.count()
    response = post(admin_client, COMMIT, plan=carried)
    assert response.url == reverse(REGISTER)
    assert User.objects.count() == before


def test_list_without_a_header_is_refused_with_a_sentence(admin_client, department):
    response = upload(admin_client, "甲,乙\n1,2\n")
    assert response.status_code == 400
    assert "没有找到人员名单的表头" in response.content.decode()


def test_list_of_a_local_administrator_reaches_their_department_only(sign_in, department, other_department):
    local = people.person("local", "科管理", "admin", department)
    lines = [Line(1, "甲", username="a1", role="member", department=word) for word in ("FAR", "全部科室")]
    planned = plan(lines, department=department, by=local)
    assert planned.accounts == ()
    assert [one.column for one in planned.refused] == ["科室", "科室"]


# --- from the register ------------------------------------------------------------------------------


@pytest.fixture
def registered(department, member):
    """Two without an account, one with, one who left, one of another department."""
    make_member(department, "J03", "有账号", user=member)
    make_member(department, "J04", "已离职", is_active=False)
    make_member(people.elsewhere(), "F01", "邻县人")
    doctor = make_member(department, "D05", "张一鸣", "physician")
    return [doctor, make_member(department, "J05", "吕工测")]


def test_register_offers_who_works_here_without_an_account(admin_client, registered):
    response = admin_client.get(reverse(REGISTER))
    rows = [(m.staff_number, line.username, line.role) for m, line in response.context["rows"]]
    assert rows == [("D05", "d05", "member"), ("J05", "j05", "member")]
    response = admin_client.get(reverse(REGISTER), {"names": "pinyin"})
    assert [line.username for _, line in response.context["rows"]] == ["zym", "lgc"]


def test_ticked_people_get_accounts_linked_to_the_register(admin_client, registered):
    doctor, _ = registered
    data = {f"username-{doctor.pk}": "zhang.ym", f"role-{doctor.pk}": "assessor"}
    response = post(admin_client, REGISTER, pick=[doctor.pk], **data)
    assert shown(response) == [("zhang.ym", "张一鸣", "assessor")]
    post(admin_client, COMMIT, plan=response.context["carried"])
    made = User.objects.get(username="zhang.ym")
    assert Member.objects.get(pk=doctor.pk).user == made
    assert "staff.member_change" in actions()


def test_register_with_one_and_three_people_asks_equally_often(admin_client, registered, count_queries):
    two = count_queries(lambda: admin_client.get(reverse(REGISTER)))
    for number in ("J06", "J07", "J08"):
        make_member(registered[0].department, number, "吕工测")
    assert count_queries(lambda: admin_client.get(reverse(REGISTER))) == two


def test_plan_with_two_and_five_people_asks_equally_often(registered, admin, department, count_queries):
    def asked(count):
        lines = [Line(n, "甲", f"80{n}", f"u{n}", "member") for n in range(count)]
        return count_queries(lambda: plan(lines, department=department, by=admin))

    asked(1)  # the roles of the administrator are read once
    assert asked(2) == asked(5)


# --- slips ------------------------------------------------------------------------------------------


def test_slip_prints_a_password_that_opens_the_account_and_is_stored_nowhere(admin_client, department):
    post(admin_client, COMMIT, plan=upload(admin_client).context["carried"])
    user = User.objects.get(username="7001")
    response = post(admin_client, SLIPS, pick=[user.pk], workdays="3")

    assert response.headers["Content-Type"] == "application/pdf"
    assert response.headers["Cache-Control"] == "no-store"
    text = pdf_text(response)
    words = text.split()
    user.refresh_from_db()
    password = next(word for word in words if user.check_password(word))
    for printed in (
        "示例医院",
        "新甲",
        "7001",
        "http://testserver/",
        user.password_expires_at.strftime("%Y-"),
    ):
        assert printed in text
    assert "新壬" not in text
    assert user.must_change_password
    assert password not in str(list(Event.objects.values())) + str(admin_client.session.items())
    assert Event.objects.get(action="staff.print_slips").detail["accounts"] == ["7001"]


def test_slip_printed_again_makes_the_first_one_void(admin_client, department):
    given = people.person("fresh", "新来者", "member", department, must_change_password=True)
    post(admin_client, SLIPS, pick=[given.pk], workdays="3")
    first = User.objects.get(pk=given.pk).password
    post(admin_client, SLIPS, pick=[given.pk], workdays="3")
    assert User.objects.get(pk=given.pk).password != first


@pytest.mark.parametrize(("profile", "printed"), [("classified3", False), ("nist", True)])
@pytest.mark.parametrize("role", ["security_admin", "auditor", "admin"])
def test_administrator_prints_no_slip_of_another_of_the_three(admin_client, settings, profile, printed, role):
    settings.QC_SECURITY_PROFILE = profile
    fresh = people.person("fresh", "新来者", role, None, must_change_password=True)
    rows = admin_client.get(reverse(SLIPS)).context["rows"]
    assert [row.user for row in rows] == ([fresh] if printed else [])
    before = User.objects.get(pk=fresh.pk).password
    post(admin_client, SLIPS, pick=[fresh.pk], workdays="3")
    assert (User.objects.get(pk=fresh.pk).password != before) is printed


def test_slips_are_for_active_accounts_that_were_never_used(admin_client, department, officer, member):
    from django.utils import timezone

    User.objects.filter(pk=officer.pk).update(last_login=timezone.now())
    User.objects.filter(pk=member.pk).update(is_active=False)
    fresh = people.person("fresh", "新来者", "member", department, must_change_password=True)
    old = User.objects.get(pk=officer.pk).password
    rows = admin_client.get(reverse(SLIPS)).context["rows"]
    assert [row.user for row in rows] == [fresh]
    response = post(admin_client, SLIPS, pick=[officer.pk, member.pk], workdays="3")
    assert response.status_code == 400
    assert "没有勾选账号" in response.content.decode()
    assert User.objects.get(pk=officer.pk).password == old


@pytest.mark.parametrize("workdays", ["", "0", "11", "-1", "三", "999"])
def test_slips_for_no_reasonable_time_are_refused(admin_client, department, workdays):
    fresh = people.person("fresh", "新来者", "member", department, must_change_password=True)
    response = post(admin_client, SLIPS, pick=[fresh.pk], workdays=workdays)
    assert response.status_code == 400
    assert "1至10个工作日" in response.content.decode()


def test_slips_with_one_and_three_accounts_ask_equally_often(admin_client, department, count_queries):
    people.person("a1", "甲一", "member", department, must_change_password=True)
    one = count_queries(lambda: admin_client.get(reverse(SLIPS)))
    for name in ("a2", "a3"):
        people.person(name, "甲二", "member", department, must_change_password=True)
    assert count_queries(lambda: admin_client.get(reverse(SLIPS))) == one
