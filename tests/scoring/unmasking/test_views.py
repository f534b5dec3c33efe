"""Pages of unmasked packets: who asks, who decides, who downloads, what everybody else gets."""

import json
from datetime import timedelta
from urllib.parse import unquote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from scoring.downloads.actions import grant_packet
from scoring.sheets.models import Sheet
from scoring.unmasking.actions.requests import refuse_unmasked, withdraw_unmasked
from scoring.unmasking.models import UnmaskedFile, UnmaskRequest
from staff.accounts.models import RoleGrant
from tests import people
from tests.scoring.unmasking.factories import FITS, IDENTITY, NAME, REASON, approved, asked, canary_sheet
from tests.stories import made_once
from trail.models import Event

pytestmark = pytest.mark.usefixtures("laid_out_once")


def url(name, *args):
    return reverse(f"scoring:{name}", args=args)


@made_once
def signed(department, officer, head, assessor) -> Sheet:
    return canary_sheet(department, officer=officer, head=head, assessor=assessor)


def body(client, address, status=200) -> str:
    response = client.get(address)
    assert response.status_code == status
    return response.content.decode()


def tasks(client) -> str:
    """The home page's list, without spaces between its cells."""
    return body(client, reverse("home"))


# --- asking ----------------------------------------------------------------------------------------


def test_officer_asks_from_the_sheet_and_reads_what_happens_next(sign_in, officer, inspector, signed):
    client = sign_in(officer)
    assert url("unmask_ask", signed.pk) in body(client, url("detail", signed.pk))
    given = {"inspector": inspector.pk, "institution": "", "reason": REASON}
    response = client.post(url("unmask_ask", signed.pk), given, follow=True)
    made = UnmaskRequest.objects.get()
    assert response.redirect_chain == [(url("unmask_request", made.pk), 302)]
    text = response.content.decode()
    assert "已提交" in text
    assert "申请人不能批准自己的申请" in text
    assert url("unmask_approve", made.pk) not in text
    assert "检查甲（inspector）" in body(client, url("detail", signed.pk))


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({}, "请选择一位检查专家，或填写一个接收机构，二者取一。"),
        ({"inspector": True, "institution": "卫健委"}, "请选择一位检查专家，或填写一个接收机构，二者取一。"),
        ({"inspector": "x"}, "只能选择本科室在用的检查专家账号。"),
        ({"inspector": "99999"}, "只能选择本科室在用的检查专家账号。"),
        ({"institution": "卫健委", "reason": ""}, "请填写用途与理由。"),
        ({"institution": "卫健委", "reason": "查" * 101}, "用途与理由最多100字，请精简。"),
        ({"institution": "卫" * 41}, "接收机构最多40字。"),
        ({"institution": "卫健委", "reason": f"核对{NAME}的病历"}, "不得写受检者的姓名或编号"),
    ],
)
def test_wrong_request_is_sent_back_with_a_sentence_and_nothing_written(
    sign_in, officer, inspector, signed, given, sentence
):
    given = {"reason": REASON} | given
    if given.get("inspector") is True:
        given["inspector"] = inspector.pk
    response = sign_in(officer).post(url("unmask_ask", signed.pk), given)
    text = response.content.decode()
    assert (response.status_code, sentence in text, UnmaskRequest.objects.count()) == (422, True, 0)


# --- deciding --------------------------------------------------------------------------------------


def test_head_finds_the_request_on_the_home_page_and_approves_it(sign_in, officer, head, signed):
    request = asked(signed, by=officer)
    client = sign_in(head)
    text = tasks(client)
    assert "测一鸣申请2026年第3季度 第1版的未脱敏迎检包，给示例区卫生健康委" in text
    assert url("unmask_request", request.pk) in text
    page = body(client, url("unmask_request", request.pk))
    assert url("unmask_approve", request.pk) in page
    assert url("unmask_refuse", request.pk) in page
    until = timezone.localdate() + timedelta(days=3)
    given = {"until": until.isoformat(), "reason": FITS}
    assert client.post(url("unmask_approve", request.pk), given).status_code == 302
    request.refresh_from_db()
    assert (request.status, request.decided_by, request.until) == ("approved", head, until)
    assert "待批准" not in tasks(client)


def test_head_who_asked_sees_no_way_to_decide_and_is_refused(sign_in, officer, head, department, signed):
    RoleGrant.objects.create(user=head, role="qc_officer", department=department)
    request = asked(signed, by=head)
    client = sign_in(head)
    assert url("unmask_approve", request.pk) not in body(client, url("unmask_request", request.pk))
    assert "待批准</span>" not in tasks(client)
    given = {"until": timezone.localdate().isoformat(), "reason": FITS}
    response = client.post(url("unmask_approve", request.pk), given)
    assert (response.status_code, "申请人不能批准或拒绝自己的申请" in response.content.decode()) == (
        422,
        True,
    )
    request.refresh_from_db()
    assert request.status == "asked"


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"until": "", "reason": FITS}, "请填写有效期。"),
        ({"until": "后天", "reason": FITS}, "有效期应写作 2026-03-31 的样子。"),
        ({"until": "2000-01-01", "reason": FITS}, "天之内，收到 2000-01-01。"),
        ({"until": "2099-01-01", "reason": FITS}, "天之内，收到 2099-01-01。"),
        ({"until": "2099-01-01", "reason": ""}, "请填写批准意见。"),
    ],
)
def test_wrong_approval_is_sent_back_with_a_sentence(sign_in, officer, head, signed, given, sentence):
    request = asked(signed, by=officer)
    response = sign_in(head).post(url("unmask_approve", request.pk), given)
    assert (response.status_code, sentence in response.content.decode()) == (422, True)
    request.refresh_from_db()
    assert request.status == "asked"


def test_refusal_is_told_to_the_asker(sign_in, officer, head, signed):
    request = asked(signed, by=officer)
    given = {"reason": "来函未附"}
    assert sign_in(head).post(url("unmask_refuse", request.pk), given).status_code == 302
    assert "未脱敏申请未获批准：来函未附" in tasks(sign_in(officer))


def test_waiting_request_is_taken_back_by_its_asker_alone(sign_in, officer, head, department, signed):
    request = asked(signed, by=officer)
    second = people.person("officer2", "测二鸣", "qc_officer", department)
    for user in (second, head):
        response = sign_in(user).post(url("unmask_withdraw", request.pk), {"reason": "不再需要"})
        assert (response.status_code, "等待中的申请由申请人收回" in response.content.decode()) == (422, True)
    assert sign_in(officer).post(url("unmask_withdraw", request.pk), {}).status_code == 422
    given = {"reason": "不再需要"}
    assert sign_in(officer).post(url("unmask_withdraw", request.pk), given).status_code == 302
    request.refresh_from_db()
    assert (request.status, request.withdrawn_by) == ("withdrawn", officer)


# --- downloading -----------------------------------------------------------------------------------


def test_inspector_downloads_what_was_approved_for_them_and_the_trail_names_it_unmasked(
    sign_in, officer, head, inspector, signed
):
    request = approved(signed, by=officer, head=head, inspector=inspector)
    client = sign_in(inspector)
    assert "未脱敏迎检包，仅限检查甲（inspector）" in tasks(client)
    response = client.get(url("unmask_file", request.pk, "json"))
    name = f"未脱敏_迎检包_RAD_2026年第3季度_第1版_第{request.pk}号批准.json"
    assert (response.status_code, name in unquote(response["Content-Disposition"])) == (200, True)
    assert response["Cache-Control"] == "no-store"
    assert json.loads(response.content)["cases"][0]["report"]["patient_name"] == NAME
    event = Event.objects.get(action="scoring.download_unmasked")
    kept = UnmaskedFile.objects.get()
    assert (event.actor_id, event.target_id, event.result) == (inspector.pk, str(signed.pk), "done")
    assert event.detail == {
        "approval": request.pk,
        "kind": "json",
        "receiver": "检查甲（inspector）",
        "file": name,
        "sha256": kept.sha256,
        "size": kept.size,
    }
    listed = body(sign_in(officer), url("downloads", signed.pk))
    assert ("下载未脱敏迎检包" in listed, name in listed) == (True, True)


def test_everyone_else_gets_no_file_and_the_try_is_recorded(
    sign_in, officer, head, inspector, department, signed
):
    request = approved(signed, by=officer, head=head, inspector=inspector)
    other = people.person("inspector2", "检查乙", "inspector", department)
    grant_packet(signed, inspector=other, until=timezone.localdate(), by=head)
    address = url("unmask_file", request.pk, "json")
    assert sign_in(other).get(address).status_code == 404
    for user in (officer, head):
        response = sign_in(user).get(address, follow=True)
        assert response.redirect_chain == [(url("unmask_request", request.pk), 302)]
        text = response.content.decode()
        assert ("这份文件只供接收人下载。" in text, NAME in text) == (True, False)
    refused = Event.objects.filter(action="scoring.download_unmasked", result="refused")
    assert [event.actor_id for event in refused.order_by("seq")] == [officer.pk, head.pk]
    assert not UnmaskedFile.objects.exists()


def test_file_for_an_institution_goes_through_the_hands_of_the_asker(
    sign_in, officer, head, department, signed
):
    request = approved(signed, by=officer, head=head)
    second = people.person("officer2", "测二鸣", "qc_officer", department)
    address = url("unmask_file", request.pk, "xlsx")
    assert [sign_in(user).get(address).status_code for user in (officer, head, second)] == [200, 302, 302]


@pytest.mark.parametrize("end", ["asked", "refused", "withdrawn", "expired", "role"])
def test_nothing_is_given_without_an_approval_in_force(sign_in, officer, head, inspector, signed, end):
    if end in ("asked", "refused"):
        request = asked(signed, by=officer, inspector=inspector)
        if end == "refused":
            refuse_unmasked(request, reason="不必", by=head)
        expected = 404
    else:
        request = approved(signed, by=officer, head=head, inspector=inspector)
        expected = 302
    if end == "withdrawn":
        withdraw_unmasked(request, reason="检查取消", by=head)
    if end == "expired":
        UnmaskRequest.objects.update(until=timezone.localdate() - timedelta(days=1))
    if end == "role":
        RoleGrant.objects.filter(user=inspector).delete()
        expected = 403
    assert sign_in(inspector).get(url("unmask_file", request.pk, "json")).status_code == expected
    assert not UnmaskedFile.objects.exists()


def test_approval_gives_no_masked_packet_and_a_grant_no_unmasked_one(
    sign_in, officer, head, inspector, signed
):
    request = approved(signed, by=officer, head=head, inspector=inspector)
    client = sign_in(inspector)
    assert client.get(url("download", signed.pk, "json")).status_code == 404
    grant_packet(signed, inspector=inspector, until=timezone.localdate(), by=head)
    masked = client.get(url("download", signed.pk, "json")).content.decode()
    assert ("鹳**" in masked, NAME in masked, IDENTITY in masked) == (True, False, False)
    assert UnmaskedFile.objects.count() == 0
    assert client.get(url("unmask_file", request.pk, "json")).status_code == 200


def test_no_page_about_an_unmasked_packet_shows_who_the_patients_are(
    sign_in, officer, head, inspector, signed
):
    request = approved(signed, by=officer, head=head, inspector=inspector)
    client = sign_in(inspector)
    client.get(url("unmask_file", request.pk, "json"))
    addresses = [url("unmask_list"), url("unmask_request", request.pk), reverse("home")]
    inside = [*addresses, url("detail", signed.pk), url("downloads", signed.pk), url("unmask_ask", signed.pk)]
    pages = [body(client, address) for address in addresses]
    pages += [body(sign_in(officer), address) for address in inside]
    assert [text for text in pages if NAME in text or IDENTITY in text] == []
    assert [text for text in pages if '<a href=""' in text] == []
    details = json.dumps(list(Event.objects.values_list("detail", flat=True)), ensure_ascii=False)
    assert (NAME in details, IDENTITY in details) == (False, False)


# --- lists -----------------------------------------------------------------------------------------


def queries(client, address) -> int:
    with CaptureQueriesContext(connection) as caught:
        assert client.get(address).status_code == 200
    return len(caught)


@pytest.mark.parametrize(
    ("who", "place"),
    [
        *((who, place) for who in ("officer", "head") for place in ("unmask_list", "detail", "home")),
        *(("inspector", place) for place in ("unmask_list", "home")),
    ],
)
def test_one_and_three_requests_ask_equally_often(
    sign_in, request, officer, head, inspector, signed, who, place
):
    address = {"unmask_list": url("unmask_list"), "detail": url("detail", signed.pk), "home": reverse("home")}
    made = [approved(signed, by=officer, head=head, inspector=inspector)]
    asked(signed, by=officer, institution="甲")
    client = sign_in(request.getfixturevalue(who))
    queries(client, address[place])
    one = queries(client, address[place])
    for name in ("乙", "丙"):
        asked(signed, by=officer, institution=name)
        made.append(approved(signed, by=officer, head=head, institution=f"{name}委"))
    refuse_unmasked(asked(signed, by=officer, institution="丁"), reason="不必", by=head)
    assert queries(client, address[place]) == one


def test_list_shows_mine_and_hides_theirs(sign_in, officer, head, inspector, department, signed):
    own = approved(signed, by=officer, head=head, inspector=inspector)
    waiting = asked(signed, by=officer, institution="甲")
    other = people.person("inspector2", "检查乙", "inspector", department)

    def shown(user) -> list[int]:
        text = body(sign_in(user), url("unmask_list"))
        return [one.pk for one in (own, waiting) if url("unmask_request", one.pk) in text]

    far = people.person("far", "邻县乙", "qc_officer", people.elsewhere())
    assert [shown(user) for user in (officer, head, inspector, other, far)] == [
        [own.pk, waiting.pk],
        [own.pk, waiting.pk],
        [own.pk],
        [],
        [],
    ]


def test_list_is_narrowed_by_status(sign_in, officer, head, inspector, signed):
    own = approved(signed, by=officer, head=head, inspector=inspector)
    waiting = asked(signed, by=officer, institution="甲")
    text = body(sign_in(head), f"{url('unmask_list')}?status=asked")
    assert (url("unmask_request", waiting.pk) in text, url("unmask_request", own.pk) in text) == (True, False)


def test_verification_page_says_that_a_file_is_unmasked_and_by_whose_leave(
    sign_in, officer, head, inspector, signed
):
    request = approved(signed, by=officer, head=head, inspector=inspector)
    client = sign_in(inspector)
    content = client.get(url("unmask_file", request.pk, "json")).content
    upload = SimpleUploadedFile("x.json", content)
    text = client.post(url("verify"), {"file": upload}).content.decode()
    for words in (
        "已证实",
        "本册含受检者身份：未脱敏",
        "遮回核对",
        "批准记录",
        f"本机有第{request.pk}号未脱敏批准的记录",
    ):
        assert words in text
    assert NAME not in text
    event = Event.objects.get(action="scoring.verify_packet")
    assert (event.target_id, event.detail["approval"]) == (str(signed.pk), request.pk)
