"""Two people save one thing: the second gets a page with both sides (docs/quality.md F7)."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from reports.archive.models import Report
from reports.findings.models import RuleSetting
from reports.imports.actions.batches import open_batch
from reports.imports.models import ImportBatch
from staff.accounts.models import User
from staff.departments.models import Department
from staff.register.models import Member, SubspecialtyGroup
from tests import people
from tests.factories import make_report
from tests.reports.findings.factories import NO_TISSUE
from tests.staff.factories import make_group, make_member
from tests.web.forms_read import forms_on
from trail.models import Event

pytestmark = pytest.mark.django_db


def browser(user):
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def two(department, admin, officer):
    """Two who may edit everything here, each at their own machine."""
    other = people.person("officer2", "测二鸣", "qc_officer", department)
    for user in (officer, other):
        user.role_grants.create(role="admin")
    return browser(officer), browser(other)


def open_form(client, page, action):
    """The hidden fields of the form as a browser got them."""
    forms = forms_on(client.get(page).content.decode())
    return next(form.sent for form in forms if (form.action or page) == action and "version" in form.sent)


def stored():
    """Everything these forms write."""
    names = {
        Member: ("full_name", "title", "group", "exempt_reason"),
        SubspecialtyGroup: ("name", "lead"),
        Department: ("code", "name", "one_step_reporting"),
        User: ("full_name", "staff_number", "aliases"),
        Report: ("system", "system_set_by"),
        RuleSetting: ("enabled", "reason", "set_by"),
        ImportBatch: ("mapping", "status"),
    }
    return {model.__name__: list(model.objects.order_by("pk").values_list(*n)) for model, n in names.items()}


def member(department):
    found = make_member(department, "J01", "甲", group=make_group(department, "神经"))
    page = reverse("register:member_edit", args=[found.pk])
    same = {"staff_number": "J01", "full_name": "甲", "kind": "technologist", "group": found.group_id}
    now = ("职称", "主管技师", "技师")
    return page, page, same | {"title": "主管技师"}, same | {"title": "技师"}, now


def member_and_group(department):
    """The form of a member against a group that is changed on the group's own page."""
    found = make_member(department, "J01", "甲")
    group = make_group(department, "神经")
    page = reverse("register:member_edit", args=[found.pk])
    group_page = reverse("register:group_edit", args=[group.pk])
    mine = {"staff_number": "J01", "full_name": "甲", "kind": "technologist", "title": "技师"}
    first = {"name": "神经", "members": [found.pk]}
    return page, page, (group_page, first), mine, ("专业组", "神经", "空")


def group(department):
    people = [make_member(department, f"J0{n}", f"第{n}人") for n in (1, 2)]
    page = reverse("register:group_edit", args=[make_group(department, "神经").pk])
    first, mine = ({"name": "神经", "members": [one.pk]} for one in people)
    return page, page, first, mine, ("成员", "第1人(J01)（神经）", "第2人(J02)")


def group_of_others(department):
    """The form of a group takes people out of the groups it showed them in, not out of another."""
    one = make_member(department, "J01", "甲")
    pages = [reverse("register:group_edit", args=[make_group(department, n).pk]) for n in ("神经", "腹部")]
    first, mine = ({"name": n, "members": [one.pk]} for n in ("神经", "腹部"))
    return pages[1], pages[1], (pages[0], first), mine, ("成员", "空", "甲(J01)（神经）")


def exemption(department):
    found = make_member(department, "J01", "甲", modalities=["MRI"])
    page, action = (reverse(f"register:{name}", args=[found.pk]) for name in ("member", "member_exempt"))
    return (
        page,
        action,
        {"reason": "仅操作MRI"},
        {"reason": "另一个理由"},
        ("理由", "仅操作MRI", "另一个理由"),
    )


def department_form(department):
    page = reverse("staff:department_edit", args=[department.pk])
    same = {"code": "RAD", "institution": "示例医院", "level": "tertiary"}
    return (
        page,
        page,
        same | {"name": "影像科"},
        same | {"name": "医学影像科"},
        ("科室名称", "影像科", "医学影像科"),
    )


def account(department):
    found = people.member(department)
    page = reverse("staff:account_edit", args=[found.pk])
    same = {"full_name": "书写甲", "staff_number": "1010"}
    return page, page, same | {"aliases": "甲"}, same | {"aliases": "乙、丙"}, ("报告署名", "甲", "乙、丙")


def system(department):
    found = make_report(department, "A0001", system="respiratory")
    page, action = (reverse(f"reports:{name}", args=[found.pk]) for name in ("detail", "system"))
    labels = ("系统", "循环", "骨骼")
    return page, action, {"system": "circulatory"}, {"system": "skeletal"}, labels


def switch(department):
    page, action = (reverse(f"reports:{name}", args=[NO_TISSUE]) for name in ("rule", "rule_switch"))
    off = {"enabled": "0", "source": ""}
    first, mine = off | {"reason": "第一个理由"}, off | {"reason": "第二个理由"}
    return page, action, first, mine, ("", "第一个理由", "第二个理由")


def columns(department):
    csv = "检查号,报告时间,检查部位,设备类型,影像描述,诊断结论\nB1,2026-10-12 09:30,胸部,CT,描述,结论\n"
    upload = SimpleUploadedFile("a.csv", csv.encode())
    by = User.objects.get(username="officer")
    batch = open_batch(department=department, kind="reports", source_name="RIS", upload=upload, by=by)
    page, action = (reverse(f"reports:{name}", args=[batch.pk]) for name in ("batch", "batch_columns"))
    names = ("accession_number", "reported_at", "body_part", "modality", "findings", "impression")
    given = {f"c{place}": name for place, name in enumerate(names)}
    return (
        page,
        action,
        given | {"c2": ""},
        given | {"c2": "examination_name"},
        ("检查部位", "空", "检查名称"),
    )


CASES = (member, member_and_group, group, group_of_others, exemption, department_form, account)
CASES += (system, switch, columns)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_second_save_is_refused_with_both_sides_and_overwrites_nothing(case, two, department):
    page, action, first, mine, (label, now, typed) = case(department)
    one, other = two
    hidden = open_form(other, page, action)
    first_action, first = first if isinstance(first, tuple) else (action, first)
    first_page = page if first_action == action else first_action
    saved = one.post(first_action, open_form(one, first_page, first_action) | first)
    assert saved.status_code == 302, saved.content.decode()
    before, events = stored(), Event.objects.count()

    answer = other.post(action, hidden | mine)
    assert answer.status_code == 409
    assert (stored(), Event.objects.count()) == (before, events)
    text = answer.content.decode()
    if label:
        row = next(row for row in answer.context["rows"] if row[0] == label)
        assert (row[1] or "空", row[2] or "空") == (now, typed)
    assert now in text
    assert typed in text


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_form_sent_on_the_version_shown_after_another_save_is_saved(case, two, department):
    page, action, first, mine, _ = case(department)
    one, other = two
    first_action, first = first if isinstance(first, tuple) else (action, first)
    first_page = page if first_action == action else first_action
    one.post(first_action, open_form(one, first_page, first_action) | first)
    if case is columns:  # the columns are confirmed once
        return
    if case is exemption:
        mine = {"lift": "1"}
    assert other.post(action, open_form(other, page, action) | mine).status_code == 302


@pytest.mark.parametrize("case", [c for c in CASES if c is not switch], ids=lambda case: case.__name__)
def test_form_sent_twice_by_a_double_click_is_no_conflict(case, two, department):
    page, action, first, _, _ = case(department)
    if isinstance(first, tuple):
        return
    hidden = open_form(two[0], page, action)
    assert [two[0].post(action, hidden | first).status_code for _ in range(2)] == [302, 302]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
@pytest.mark.parametrize("version", [None, "", "1", "x" * 500])
def test_form_without_the_version_it_showed_saves_nothing(case, two, department, version):
    _, action, _, mine, _ = case(department)
    before = stored()
    given = mine if version is None else mine | {"version": version}
    assert two[1].post(action, given).status_code in (400, 409)
    assert stored() == before
