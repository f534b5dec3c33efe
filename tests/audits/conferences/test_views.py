"""Pages of conferences: the list, the form, the record, its file and its print."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from audits.conferences.actions import change_conference, values_of
from audits.conferences.models import Conference
from tests import people
from tests.audits.follow_up.factories import EXAMINED_AT, HELD_ON, make_conference, make_minutes
from tests.exports.reading import pdf_text
from tests.factories import make_report
from tests.scans import PDF
from tests.staff.factories import make_member

pytestmark = pytest.mark.django_db
LIST = "audits:conferences"


@pytest.fixture(autouse=True)
def _own_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def report(department):
    return make_report(department, "K1", examined_at=EXAMINED_AT)


def browser(user) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def sent(*cases, **more):
    found = {
        "kind": "mdt", "held_on": "2026-09-18", "title": "胸部读片", "place": "读片室", "chair": "任主任",
        "recorder": "测一鸣", "guests": "高主任 胸外科\n钱医师", "summary": "写明鉴别要点。",
        "case-TOTAL_FORMS": str(len(cases)), "case-INITIAL_FORMS": "0",
    }  # fmt: skip
    for place, (number, conclusion) in enumerate(cases):
        found[f"case-{place}-accession_number"] = number
        found[f"case-{place}-conclusion"] = conclusion
    return found | more


def test_conference_entered_by_the_form_is_shown_with_cases_and_people(department, report, officer):
    member = make_member(department, "D01", "周测衡", "physician")
    client = browser(officer)
    answer = client.post(
        reverse("audits:conference_new"),
        sent(("K1", "受检甲考虑错构瘤。"), ("", ""), members=[member.pk]),
    )
    found = Conference.objects.get()
    assert answer["Location"] == reverse("audits:conference", args=[found.pk])
    page = client.get(answer["Location"]).content.decode()
    for words in ("胸部读片", "周测衡(D01)", "高主任（胸外科）、钱医师", "受**考虑错构瘤。", "登记会议记录"):
        assert words in page
    assert "受检甲" not in page


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (sent(("NONE", "结论")), "没有检查号为“NONE”的报告"),
        (sent(("K1", "")), "请填写讨论的结论"),
        (sent(("", "结论")), "请填写讨论的病例的检查号"),
        (sent(), "请至少登记一例讨论的病例"),
        (sent(("K1", "结论"), ("K1", "结论")), "登记了两次"),
        (sent(("K1", "结论"), held_on="2099-01-01"), "尚未到来"),
        (sent(("K1", "结论"), held_on="2026-06-30"), "不可能在会上讨论：K1（2026-07-01）"),
        (sent(("K1", "结论"), guests=""), "请登记参加人员"),
        (sent(("K1", "结论"), members=["999999"]), "999999"),
    ],
)
def test_conference_with_gaps_is_refused_in_words_and_nothing_is_written(report, officer, given, words):
    answer = browser(officer).post(reverse("audits:conference_new"), given)
    assert (answer.status_code, words in answer.content.decode()) == (400, True)
    assert Conference.objects.count() == 0


def test_conference_form_of_a_correction_is_filled_and_saves(department, report, officer):
    found = make_conference(department, [report], by=officer)
    client, url = browser(officer), reverse("audits:conference_edit", args=[found.pk])
    page = client.get(url)
    assert page.context["form"].initial["guests"] == "高主任 胸外科"
    assert client.post(url, sent(("K1", "改后的结论"), version=1)).status_code == 302
    assert found.cases.get().conclusion == "改后的结论"
    late = client.post(url, sent(("K1", "晚到的结论"), title="晚到的议题", version=1))
    assert (late.status_code, "晚到的议题" in late.content.decode()) == (409, True)
    assert found.cases.get().conclusion == "改后的结论"


def test_conference_list_narrows_and_hides_other_departments(department, other_department, report, officer):
    first = make_conference(department, [report], by=officer)
    make_minutes(first, by=officer)
    second = make_conference(department, [report], by=officer, kind="mdt", held_on=HELD_ON - timedelta(40))
    make_conference(other_department, [make_report(other_department, "K9", examined_at=EXAMINED_AT)])

    def listed(query=""):
        return [row.record for row in browser(officer).get(reverse(LIST) + query).context["table"].rows]

    assert listed() == [first, second]
    assert listed("?kind=mdt") == [second]
    assert listed("?state=filed") == [first]
    assert listed("?state=unfiled") == [second]
    assert listed("?since=2026-09-01") == [first]
    browser(officer).post(
        reverse("audits:conference_cancel", args=[second.pk]), {"version": 1, "reason": "登记两次"}
    )
    assert (listed("?state=cancelled"), listed("?state=unfiled")) == ([second], [])


def test_conference_list_asks_as_many_queries_for_three_as_for_one(
    department, report, officer, count_queries
):
    client = browser(officer)
    make_conference(department, [report])
    client.get(reverse(LIST))
    one = count_queries(lambda: client.get(reverse(LIST)))
    for days in (1, 2):
        make_conference(department, [report], held_on=HELD_ON - timedelta(days))
    assert count_queries(lambda: client.get(reverse(LIST))) == one


def test_minutes_print_and_signed_file_come_back_as_they_are(department, report, officer, head):
    found = make_conference(department, [report], by=officer)
    client = browser(officer)
    printed = client.get(reverse("audits:conference_pdf", args=[found.pk]))
    assert (printed["Content-Type"], "考虑错构瘤" in pdf_text(printed.content)) == ("application/pdf", True)
    upload = SimpleUploadedFile("../签字.pdf", PDF)
    assert (
        client.post(reverse("audits:conference_file", args=[found.pk]), {"file": upload}).status_code == 302
    )
    kept = found.files.get()
    url = reverse("audits:conference_download", args=[found.pk, kept.pk])
    answer = browser(head).get(url)
    assert (answer.content, kept.name) == (PDF, "签字.pdf")
    assert "sandbox" in answer["Content-Security-Policy"]
    page = reverse("audits:conference", args=[found.pk])
    moved_on = "签字后记录有改动"
    assert moved_on not in client.get(page).text
    found.refresh_from_db()
    changed = replace(values_of(found), summary="补记一句。")
    change_conference(found, changed, version=found.version, by=officer)
    assert moved_on in client.get(page).text
    with open(kept.file.path, "ab") as file:
        file.write(b"changed")
    damaged = client.get(url)
    assert (damaged.status_code, "曾被改动" in damaged.content.decode()) == (409, True)


def test_minutes_that_are_no_document_are_refused(department, report, officer):
    found = make_conference(department, [report], by=officer)
    upload = SimpleUploadedFile("签字.pdf", b"MZ not a document")
    answer = browser(officer).post(reverse("audits:conference_file", args=[found.pk]), {"file": upload})
    assert (answer.status_code, "不是PDF、JPEG或PNG" in answer.content.decode()) == (400, True)


def test_file_of_another_conference_is_not_handed_out(department, other_department, report, officer):
    own = make_conference(department, [report], by=officer)
    theirs = make_conference(other_department, [make_report(other_department, "K9", examined_at=EXAMINED_AT)])
    file = make_minutes(theirs)
    foreign = people.person("foreign", "邻县甲", "qc_officer", other_department)
    url = reverse("audits:conference_download", args=[own.pk, file.pk])
    assert browser(officer).get(url).status_code == 302
    assert browser(foreign).get(url).status_code == 404
