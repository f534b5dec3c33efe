"""Packets: who may download which, as what, until when; drafts marked; grants given and taken back."""

import io
import json
from datetime import timedelta
from urllib.parse import unquote

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from scoring.content.document import PacketDocument
from scoring.downloads.actions import grant_packet
from scoring.downloads.models import PacketGrant
from scoring.packet.models import PacketFile
from scoring.sheets.actions.corrections import correct_sheet
from scoring.signing.actions import sign_sheet, submit_sheet
from tests import people
from tests.markup import unwrapped
from tests.scoring.sheets.factories import draft_sheet, signed_sheet
from tests.scoring.tampering import tamper
from tests.scoring.unmasking.factories import approved
from tests.stories import made_once
from trail.models import Event

pytestmark = pytest.mark.usefixtures("laid_out_once")


def url(name, *args):
    return reverse(f"scoring:{name}", args=args)


def day(shift: int = 0):
    return timezone.localdate() + timedelta(days=shift)


@made_once
def signed(department, officer, head, assessor):
    """A signed sheet of 29 points."""
    return signed_sheet(department, by=officer, head=head, assessor=assessor, discordant=1)


def listed(client) -> str:
    response = client.get(url("packets"))
    assert response.status_code == 200
    return response.content.decode()


# --- downloads -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "content_type", "magic"),
    [
        ("pdf", "application/pdf", b"%PDF-"),
        ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", b"PK"),
        ("json", "application/json", b"{"),
    ],
)
def test_download_of_signed_packet_is_named_typed_and_recorded(
    sign_in, officer, signed, kind, content_type, magic
):
    response = sign_in(officer).get(url("download", signed.pk, kind))
    assert (response.status_code, response["Content-Type"], response.content[: len(magic)]) == (
        200,
        content_type,
        magic,
    )
    name = unquote(response["Content-Disposition"])
    assert (f"迎检包_RAD_2026年第3季度_第1版.{kind}" in name, response["Cache-Control"]) == (
        True,
        "no-store",
    )
    event = Event.objects.get(action="scoring.download_packet")
    assert (event.actor_id, event.detail["sha256"], event.detail["draft"]) == (
        officer.pk,
        PacketFile.objects.get().sha256,
        False,
    )


def test_download_twice_gives_the_same_bytes(sign_in, officer, signed):
    client = sign_in(officer)
    first, second = (client.get(url("download", signed.pk, "xlsx")).content for _ in range(2))
    assert (first == second, PacketFile.objects.count()) == (True, 1)


def test_download_json_is_the_signed_document(sign_in, officer, signed):
    raw = json.loads(sign_in(officer).get(url("download", signed.pk, "json")).content)
    assert raw.pop("content_hash") == signed.content_hash
    assert PacketDocument.from_dict(raw).content_hash() == signed.content_hash


def test_download_of_draft_is_marked_and_not_kept(sign_in, department, officer, assessor):
    sheet = draft_sheet(department, by=officer, assessor=assessor)
    response = sign_in(officer).get(url("download", sheet.pk, "json"))
    assert "草稿" in unquote(response["Content-Disposition"])
    assert (json.loads(response.content)["sheet"]["status"], PacketFile.objects.count()) == ("draft", 0)
    assert Event.objects.get(action="scoring.download_packet").detail["draft"] is True


def test_download_of_draft_workbook_opens(sign_in, department, officer, assessor):
    sheet = draft_sheet(department, by=officer, assessor=assessor, n=4)
    content = sign_in(officer).get(url("download", sheet.pk, "xlsx")).content
    assert openpyxl.load_workbook(io.BytesIO(content)).sheetnames


def test_download_of_altered_content_is_refused_with_a_sentence(sign_in, officer, signed):
    signed.content["result"]["total"] = 30
    tamper(signed, content=signed.content)
    response = sign_in(officer).get(url("download", signed.pk, "json"), follow=True)
    assert "与签发时的校验值不符" in response.content.decode()


# --- who sees what ---------------------------------------------------------------------------------


def test_inspector_sees_and_downloads_only_what_was_granted(sign_in, inspector, head, signed, department):
    other = people.person("inspector2", "检查乙", "inspector", department)
    grant_packet(signed, inspector=inspector, until=day(), by=head)
    answers = {}
    for person in (inspector, other):
        client = sign_in(person)
        shown = url("download", signed.pk, "pdf") in listed(client)
        answers[person.username] = (shown, client.get(url("download", signed.pk, "json")).status_code)
    assert answers == {"inspector": (True, 200), "inspector2": (False, 404)}


def test_inspector_after_the_last_day_sees_nothing(sign_in, inspector, head, signed):
    grant_packet(signed, inspector=inspector, until=day(3), by=head)
    PacketGrant.objects.update(until=day(-1))
    client = sign_in(inspector)
    assert "没有授权给您的迎检包" in listed(client)
    assert client.get(url("download", signed.pk, "json")).status_code == 404


def test_inspector_refused_leaves_a_trail_row(sign_in, inspector, signed):
    sign_in(inspector).get(url("download", signed.pk, "json"))
    event = Event.objects.order_by("seq").last()
    assert (event.action, event.result, event.target_id) == ("access.refused", "refused", str(signed.pk))


def test_inspector_may_not_open_the_sheet_page(sign_in, inspector, head, signed):
    grant_packet(signed, inspector=inspector, until=day(3), by=head)
    assert sign_in(inspector).get(url("detail", signed.pk)).status_code == 403


def test_inspector_does_not_see_the_grants_of_others(sign_in, inspector, head, signed, department):
    other = people.person("inspector2", "检查乙", "inspector", department)
    for person in (inspector, other):
        grant_packet(signed, inspector=person, until=day(3), by=head)
    text = unwrapped(listed(sign_in(inspector)))
    assert ("检查乙" in text, f"至 {day(3)}" in text, "收回" in text) == (False, True, False)


def test_stranger_gets_404_for_signed_and_draft(sign_in, signed, department, officer, other_department):
    client = sign_in(people.person("far", "邻县甲", "head", other_department))
    new = correct_sheet(signed, reason="理由", version=signed.version, by=officer)
    answers = [client.get(url("download", sheet.pk, "json")).status_code for sheet in (signed, new)]
    assert (answers, url("download", signed.pk, "pdf") in listed(client)) == ([404, 404], False)


def test_superseded_packet_stays_downloadable_and_says_so(sign_in, signed, officer, head):
    new = correct_sheet(signed, reason="补交记录", version=signed.version, by=officer)
    new = submit_sheet(new, version=new.version, by=officer)
    sign_sheet(new, version=new.version, by=head)
    client = sign_in(officer)
    assert "已被更正" in listed(client)
    before = json.loads(client.get(url("download", signed.pk, "json")).content)
    assert before["content_hash"] == signed.content_hash


def corrected(signed, officer, head):
    new = correct_sheet(signed, reason="补交记录", version=signed.version, by=officer)
    new = submit_sheet(new, version=new.version, by=officer)
    return sign_sheet(new, version=new.version, by=head)


def test_correction_moves_grants_in_force_and_tells_inspector_and_head(
    sign_in, signed, officer, head, inspector, department
):
    late = people.person("late", "检查乙", "inspector", department)
    grant_packet(signed, inspector=inspector, until=day(3), by=head)
    PacketGrant.objects.create(sheet=signed, inspector=late, until=day(-1), granted_by=head)
    new = corrected(signed, officer, head)
    where = dict(PacketGrant.objects.values_list("inspector__username", "sheet"))
    assert where == {inspector.username: new.pk, "late": signed.pk}
    event = Event.objects.get(action="scoring.move_grant")
    assert event.detail == {
        "username": inspector.username,
        "until": str(day(3)),
        "changed": {"number": [1, 2]},
    }
    client = sign_in(inspector)
    notice = "评分表第1版已被更正，现行版本为第2版"
    assert ("第1版已被更正" in listed(client), notice in client.get("/").text) == (True, True)
    answers = [client.get(url("download", sheet.pk, "json")).status_code for sheet in (signed, new)]
    assert answers == [404, 200]
    assert [notice in sign_in(user).get("/").text for user in (head, late)] == [True, False]


def test_correction_under_way_is_shown_to_head_and_grant_holders_before_it_is_signed(
    sign_in, signed, officer, head, inspector, department
):
    late = people.person("late", "检查乙", "inspector", department)
    grant_packet(signed, inspector=inspector, until=day(3), by=head)
    PacketGrant.objects.create(sheet=signed, inspector=late, until=day(-1), granted_by=head)
    notice, tag = "评分表第1版正在更正，第2版签发前仍然有效", "正在更正</span>"
    assert notice not in sign_in(inspector).get("/").text
    new = correct_sheet(signed, reason="补交记录", version=signed.version, by=officer)
    client = sign_in(inspector)
    assert (notice in client.get("/").text, tag in listed(client)) == (True, True)
    sentence = f"第2版已于 {day()} 建立，尚未签发；签发前第1版仍然有效"
    assert sentence in client.get(url("packet", signed.pk)).text
    assert [notice in sign_in(user).get("/").text for user in (head, late)] == [True, False]
    assert "这一版正在更正" in sign_in(head).get(url("detail", signed.pk)).text
    new = submit_sheet(new, version=new.version, by=officer)
    sign_sheet(new, version=new.version, by=head)
    client = sign_in(inspector)
    assert (notice in client.get("/").text, tag in listed(client)) == (False, False)


def test_correction_under_way_is_shown_to_the_receiver_of_an_unmasked_packet(
    sign_in, signed, officer, head, inspector
):
    approved(signed, by=officer, head=head, inspector=inspector)
    correct_sheet(signed, reason="补交记录", version=signed.version, by=officer)
    assert "评分表第1版正在更正" in sign_in(inspector).get("/").text


@pytest.mark.parametrize("kind", ["json", "xlsx"])
def test_verification_of_a_corrected_packet_says_so_in_its_headline(sign_in, signed, officer, head, kind):
    client = sign_in(officer)
    old = client.get(url("download", signed.pk, kind)).content
    new = corrected(signed, officer, head)
    upload = SimpleUploadedFile(f"packet.{kind}", old)
    answer = client.post(url("verify"), {"file": upload}).context["answer"]
    stamp = timezone.localtime(new.signed_at).strftime("%Y-%m-%d %H:%M")
    assert (answer["verdict"], answer["verdict_zh"], answer["superseded_by"]) == (
        "proved",
        f"已证实；但已被更正，现行版本为第2版（{stamp}签发）",
        {"number": 2, "signed_at": stamp},
    )


def test_packets_cost_the_same_with_one_and_three_grants(sign_in, signed, head, department):
    client = sign_in(head)
    counts = []
    for names in (("a",), ("b", "c")):
        for name in names:
            person = people.person(f"inspector-{name}", f"检查{name}", "inspector", department)
            grant_packet(signed, inspector=person, until=day(3), by=head)
        listed(client)
        with CaptureQueriesContext(connection) as captured:
            listed(client)
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_packets_of_empty_department_say_what_comes_first(sign_in, officer):
    assert "评分表由科主任签发后" in listed(sign_in(officer))


# --- grants ----------------------------------------------------------------------------------------


def test_grant_given_and_taken_back_on_the_page(sign_in, head, inspector, signed):
    client = sign_in(head)
    form = client.get(url("packets") + f"?grant={signed.pk}").content.decode()
    assert "检查甲" in form
    given = {"inspector": inspector.pk, "until": day(10).isoformat()}
    assert client.post(url("grant", signed.pk), given).status_code == 302
    assert f"检查甲 至 {day(10)}" in listed(client)
    client.post(url("revoke", PacketGrant.objects.get().pk))
    assert PacketGrant.objects.count() == 0


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"inspector": ""}, "请选择检查专家。"),
        ({"until": ""}, "请填写授权截止日。"),
        ({"until": "2026-99-99"}, "授权截止日应写作 2025-09-30。"),
        ({"until": "2020-01-01"}, "授权截止日应在今天"),
        ({"inspector": "999999"}, "只能授权给本科室的检查专家账号。"),
    ],
)
def test_grant_that_does_not_fit_is_refused_on_the_page(sign_in, head, inspector, signed, given, sentence):
    whole = {"inspector": inspector.pk, "until": day(10).isoformat()} | given
    response = sign_in(head).post(url("grant", signed.pk), whole)
    assert (response.status_code, sentence in response.content.decode()) == (422, True)
    assert PacketGrant.objects.count() == 0


def test_grant_by_officer_is_refused(sign_in, officer, inspector, signed):
    given = {"inspector": inspector.pk, "until": day(10).isoformat()}
    assert sign_in(officer).post(url("grant", signed.pk), given).status_code == 403


def test_packets_asked_for_an_odd_grant_show_no_form(sign_in, head, signed):
    client = sign_in(head)
    for odd in ("x", "²", "9" * 30, "999", ""):
        assert 'id="giving"' not in client.get(url("packets") + f"?grant={odd}").content.decode()
