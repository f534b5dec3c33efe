"""Exports with names ask for a purpose first and record it with the number of rows; masked ones do not."""

import pytest
from django.urls import reverse

from staff.access.purposes import TOO_SHORT
from tests.factories import make_report
from tests.staff.factories import qualified_physician
from trail.models import Event

pytestmark = pytest.mark.django_db
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MEMBERS = reverse("register:members")


@pytest.fixture
def browser(sign_in, department, officer):
    qualified_physician(department)
    return sign_in(officer)


def last_export():
    return (
        Event.objects.filter(action="staff.export_register").order_by("-seq").values_list("detail", flat=True)
    )


def test_register_is_exported_for_a_purpose_that_stands_in_no_address(browser):
    asked = browser.get(MEMBERS, {"export": "xlsx"})
    assert (asked.status_code, asked["Content-Type"][:9]) == (200, "text/html")
    assert ("导出人员登记表" in asked.content.decode(), list(last_export())) == (True, [])
    sent = browser.post(reverse("search"), {"list": MEMBERS, "export": "xlsx", "purpose": "年度资质审核"})
    assert "purpose" not in sent["Location"]
    file = browser.get(sent["Location"])
    assert file["Content-Type"] == XLSX
    assert {key: last_export()[0][key] for key in ("purpose", "rows")} == {
        "purpose": "年度资质审核",
        "rows": 1,
    }


@pytest.mark.parametrize("purpose", ["", "   用   ", "用" * 201])
def test_purpose_that_says_nothing_is_refused_in_words(browser, purpose):
    answer = browser.get(MEMBERS, {"export": "xlsx", "purpose": purpose})
    assert (answer.status_code, TOO_SHORT in answer.content.decode()) == (400, True)
    assert list(last_export()) == []


def test_search_is_kept_when_its_rows_are_exported(browser, department):
    matrix = reverse("register:matrix")
    found = browser.post(reverse("search"), {"list": matrix, "q": "没有这个人"})["Location"]
    form = browser.get(f"{found}&export=xlsx").content.decode()
    token = found.rpartition("s=")[2]
    assert f'name="s" value="{token}"' in form
    assert "没有这个人" not in form
    sent = {"list": matrix, "export": "xlsx", "s": token, "purpose": "年度资质审核"}
    assert browser.get(browser.post(reverse("search"), sent)["Location"])["Content-Type"] == XLSX
    assert last_export()[0]["rows"] == 0


@pytest.mark.parametrize(
    ("user", "url"),
    [
        ("officer", "register:matrix"),
        ("officer", "register:expiring"),
        ("officer", "reports:qualified"),
        ("auditor", "staff:trail"),
        ("auditor", "reports:readings"),
    ],
)
def test_every_list_with_names_asks_for_a_purpose(sign_in, request, department, user, url):
    client = sign_in(request.getfixturevalue(user))
    assert client.get(reverse(url), {"export": "xlsx"})["Content-Type"].startswith("text/html")
    answer = client.get(reverse(url), {"export": "xlsx", "purpose": "年度核查"})
    assert answer["Content-Type"] == XLSX
    assert Event.objects.order_by("-seq").values_list("detail", flat=True)[0]["purpose"] == "年度核查"


def test_masked_list_asks_for_no_purpose(browser, department):
    make_report(department, "A1")
    assert browser.get(reverse("reports:list"), {"export": "xlsx"})["Content-Type"] == XLSX
