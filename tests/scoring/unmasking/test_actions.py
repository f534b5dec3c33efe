"""An unmasked packet: asked for with a reason, let out by another person, for one version, until a day."""

import json
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.utils import timezone

from audits.conflicts import RefusedError
from scoring.batches import actions as packet_jobs
from scoring.content.unmasked import masked_form
from scoring.packet.actions.files import packet_file
from scoring.packet.json import read_json
from scoring.packet.models import PacketFile
from scoring.sheets.actions.corrections import correct_sheet
from scoring.sheets.models import Sheet
from scoring.signing.actions import sign_sheet, submit_sheet
from scoring.unmasking.actions.files import OVER, unmasked_file
from scoring.unmasking.actions.requests import (
    OWN,
    approve_unmasked,
    ask_unmasked,
    refuse_unmasked,
    withdraw_unmasked,
)
from scoring.unmasking.actions.retention import purge_unmasked, tend_packets
from scoring.unmasking.models import FOLDER, UnmaskedFile, UnmaskRequest
from scoring.unmasking.queries.document import unmasked_name
from scoring.verification.queries import answer_for
from staff.accounts.models import RoleGrant
from tests import people
from tests.scoring.tampering import tamper
from tests.scoring.unmasking.factories import (
    FITS,
    IDENTITY,
    NAME,
    OTHER_NAME,
    REASON,
    approved,
    asked,
    canary_sheet,
)
from tests.stories import made_once
from trail.models import Event


@made_once
def signed(department, officer, head, assessor) -> Sheet:
    return canary_sheet(department, officer=officer, head=head, assessor=assessor)


@pytest.fixture
def light(monkeypatch):
    """The PDF is proved in tests/exports; here it would only take its seconds."""
    real = packet_jobs.packet_files

    def packet_files(sheet, kinds, *, by):
        found = real(sheet, [kind for kind in kinds if kind != "pdf"], by=by)
        return {kind: found["json" if kind == "pdf" else kind] for kind in kinds}

    monkeypatch.setattr(packet_jobs, "packet_files", packet_files)


def tomorrow():
    return timezone.localdate() + timedelta(days=1)


def refusal(action, *args, **more) -> str:
    with pytest.raises(RefusedError) as refused:
        action(*args, **more)
    return str(refused.value)


def corrected(sheet: Sheet, *, officer, head) -> Sheet:
    new = correct_sheet(sheet, reason="补交记录", version=sheet.version, by=officer)
    new = submit_sheet(new, version=new.version, by=officer)
    return sign_sheet(new, version=new.version, by=head)


# --- two persons -----------------------------------------------------------------------------------


def test_request_and_approval_by_two_persons_are_recorded_with_their_reasons(
    signed, officer, head, inspector
):
    request = approved(signed, by=officer, head=head, inspector=inspector, days=7)
    until = timezone.localdate() + timedelta(days=7)
    facts = (request.status, request.asked_by, request.decided_by, request.decision_reason, request.until)
    assert facts == ("approved", officer, head, FITS, until)
    told = {"approval": request.pk, "receiver": "检查甲（inspector）", "number": 1}
    events = Event.objects.about(signed).filter(action__contains="unmasked").order_by("seq")
    assert [(e.action, e.actor_id, e.detail) for e in events] == [
        ("scoring.ask_unmasked", officer.pk, told | {"reason": REASON}),
        ("scoring.approve_unmasked", head.pk, told | {"reason": FITS, "until": str(until)}),
    ]


def test_asker_who_may_approve_too_cannot_decide_their_own_request(signed, department, officer, head):
    RoleGrant.objects.create(user=officer, role="head", department=department)
    request = asked(signed, by=officer)
    given = {"until": tomorrow(), "reason": FITS, "by": officer}
    assert refusal(approve_unmasked, request, **given) == OWN
    assert refusal(refuse_unmasked, request, reason="不必", by=officer) == OWN
    request.refresh_from_db()
    assert (request.status, request.decided_by) == ("asked", None)


def test_database_refuses_a_decision_by_the_asker(signed, officer):
    request = asked(signed, by=officer)
    decision = {"decided_by": officer, "decided_at": timezone.now(), "decision_reason": FITS}
    with pytest.raises(IntegrityError, match="unmask_decided_by_another"), transaction.atomic():
        UnmaskRequest.objects.filter(pk=request.pk).update(status="approved", until=tomorrow(), **decision)
    with pytest.raises(IntegrityError, match="unmask_decided_by_another"), transaction.atomic():
        UnmaskRequest.objects.filter(pk=request.pk).update(status="refused", **decision)


def test_database_refuses_a_receiver_who_asked_or_decides(signed, officer, head, inspector):
    request = asked(signed, by=officer, inspector=inspector)
    for change in ({"inspector": officer}, {"decided_by": inspector}):
        with pytest.raises(IntegrityError, match="unmask_receiver_is_another"), transaction.atomic():
            UnmaskRequest.objects.filter(pk=request.pk).update(**change)


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"reason": ""}, "unmask_has_reason"),
        ({"institution": ""}, "unmask_has_one_receiver"),
        ({"status": "approved"}, "unmask_decision_is_whole|unmask_approval_ends"),
        ({"status": "refused"}, "unmask_decision_is_whole"),
        ({"status": "withdrawn"}, "unmask_withdrawal_is_whole"),
    ],
)
def test_database_refuses_a_request_that_is_not_whole(signed, officer, change, constraint):
    request = asked(signed, by=officer)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        UnmaskRequest.objects.filter(pk=request.pk).update(**change)


def test_decided_request_is_not_decided_again(signed, officer, head):
    request = approved(signed, by=officer, head=head)
    other = {"reason": "不必", "by": head}
    assert refusal(refuse_unmasked, request, **other) == "本申请已批准，不能再次决定。"
    withdraw_unmasked(request, reason="检查取消", by=head)
    again = refusal(approve_unmasked, request, until=tomorrow(), reason=FITS, by=head)
    assert again == "本申请已收回，不能再次决定。"
    assert refusal(withdraw_unmasked, request, reason="检查取消", by=head) == "本申请已收回，不能收回。"


@pytest.mark.parametrize("days", [-1, 15, 4000])
def test_approval_beyond_the_set_time_is_refused(signed, officer, head, days, settings):
    settings.QC_UNMASKED_DAYS = 14
    until = timezone.localdate() + timedelta(days=days)
    words = refusal(approve_unmasked, asked(signed, by=officer), until=until, reason=FITS, by=head)
    assert words == f"有效期应在今天（{timezone.localdate()}）至14天之内，收到 {until}。"


# --- what is typed ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [NAME, OTHER_NAME, IDENTITY, "鹳 雀 儿"])
@pytest.mark.parametrize("place", ["reason", "institution"])
def test_reason_or_receiver_that_names_a_patient_is_refused_without_repeating_it(
    signed, officer, name, place
):
    given = {"inspector": None, "institution": "卫健委", "reason": "核对", "by": officer}
    words = refusal(ask_unmasked, signed, **given | {place: f"核对{name}"})
    assert ("不得写受检者的姓名或编号" in words, name in words) == (True, False)
    assert not UnmaskRequest.objects.exists()


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("", "请填写用途与理由。"),
        (" \n\t　", "请填写用途与理由。"),
        ("查" * 101, "用途与理由最多100字，现有101字，请精简。"),
    ],
)
def test_empty_or_long_reason_is_refused(signed, officer, reason, words):
    assert refusal(asked, signed, by=officer, reason=reason or " ") == words


def test_reason_over_several_lines_becomes_one_line_without_control_characters(signed, officer):
    request = asked(signed, by=officer, reason=" 依据通知\r\n第7号\u202e \x00核对 ")
    assert request.reason == "依据通知 第7号 核对"


@pytest.mark.parametrize("action", ["refuse", "withdraw", "approve"])
def test_decision_and_withdrawal_need_reasons_that_name_no_patient(signed, officer, head, action):
    request = asked(signed, by=officer)
    actions = {"refuse": refuse_unmasked, "withdraw": withdraw_unmasked, "approve": approve_unmasked}
    more = {"until": tomorrow()} if action == "approve" else {}
    for reason in ("  ", f"{NAME}的病历已核"):
        refusal(actions[action], request, reason=reason, by=head, **more)
    request.refresh_from_db()
    assert request.status == "asked"


def test_receiver_without_the_inspectors_role_in_the_department_is_refused(
    signed, officer, head, member, inspector, other_department
):
    far = people.person("far", "远专家", "inspector", other_department)
    for user in (member, far, head):
        assert "不是本科室在用的检查专家账号" in refusal(asked, signed, by=officer, inspector=user)
    request = asked(signed, by=officer, inspector=inspector)
    inspector.is_active = False
    inspector.save()
    words = refusal(approve_unmasked, request, until=tomorrow(), reason=FITS, by=head)
    assert "不是本科室在用的检查专家账号" in words


def test_second_request_for_the_same_receiver_is_refused_while_one_waits_or_holds(signed, officer, head):
    first = asked(signed, by=officer)
    assert refusal(asked, signed, by=officer) == f"同一接收人已有待批准的申请（第{first.pk}号）。"
    approve_unmasked(first, until=tomorrow(), reason=FITS, by=head)
    assert "不必重复申请" in refusal(asked, signed, by=officer)
    withdraw_unmasked(first, reason="换用途", by=officer)
    assert asked(signed, by=officer).status == "asked"


# --- files -----------------------------------------------------------------------------------------


def test_files_of_an_approval_hold_the_identity_and_the_signed_packet_comes_out_of_them(
    signed, officer, head, inspector
):
    request = approved(signed, by=officer, head=head, inspector=inspector)
    data = unmasked_file(request, "json", by=inspector)
    document = read_json(data)
    first = document.cases[0]
    assert (first.report.patient_name, NAME in first.report.findings) == (NAME, True)
    assert f"（鹳 雀 儿，{IDENTITY}）" in first.outcomes[0].text
    assert [(line.patient_name, line.patient_id) for line in document.unmasked.identities][:1] == [
        (NAME, IDENTITY)
    ]
    assert document.unmasked.words == (
        f"未脱敏 · 仅限检查甲（inspector） · 任主任（head） {request.decided_at.astimezone():%Y-%m-%d} "
        f"批准（第{request.pk}号），有效至 {request.until} · 理由：{REASON}"
    )
    assert masked_form(document).to_dict() == signed.content
    assert document.unmasked.masked_hash == signed.content_hash
    kept = UnmaskedFile.objects.get()
    assert (kept.kind, kept.content_hash, kept.file.name.startswith(f"{FOLDER}/")) == (
        "json",
        document.content_hash(),
        True,
    )


def test_file_twice_gives_the_same_bytes_and_a_changed_one_is_made_again(
    signed, officer, head, django_capture_on_commit_callbacks
):
    request = approved(signed, by=officer, head=head)
    first = unmasked_file(request, "xlsx", by=officer)
    assert unmasked_file(request, "xlsx", by=officer) == first
    kept = UnmaskedFile.objects.get(kind="xlsx")
    with default_storage.open(kept.file.name, "wb") as file:
        file.write(b"other")
    with django_capture_on_commit_callbacks(execute=True):
        assert unmasked_file(request, "xlsx", by=officer) == first
    assert not default_storage.exists(kept.file.name)
    assert Event.objects.filter(action="scoring.unmasked_damaged").count() == 1


def test_masked_files_stay_the_same_bytes_before_during_and_after_an_approval(signed, officer, head):
    kinds = ("json", "xlsx", "pdf")
    before = {kind: packet_file(signed, kind, by=None) for kind in kinds}
    PacketFile.objects.all().delete()
    request = approved(signed, by=officer, head=head)
    unmasked_file(request, "json", by=officer)
    during = {kind: packet_file(signed, kind, by=None) for kind in ("json", "xlsx")}
    withdraw_unmasked(request, reason="检查取消", by=head)
    PacketFile.objects.all().delete()
    after = {kind: packet_file(signed, kind, by=None) for kind in kinds}
    assert during == {kind: before[kind] for kind in during}
    # The seal's digits may differ: an RSA key gives the same ones for the same bytes.
    assert after == before
    signed.refresh_from_db()
    assert NAME not in json.dumps(signed.content, ensure_ascii=False)


def test_request_that_waits_or_was_refused_gives_no_file(signed, officer, head):
    request = asked(signed, by=officer)
    assert refusal(unmasked_file, request, "json", by=officer) == OVER
    refuse_unmasked(request, reason="理由不足", by=head)
    assert refusal(unmasked_file, request, "json", by=officer) == OVER
    assert not UnmaskedFile.objects.exists()


def test_expired_approval_gives_no_file_and_its_files_are_removed_the_rows_stay(
    signed, officer, head, django_capture_on_commit_callbacks
):
    request = approved(signed, by=officer, head=head, days=0)
    unmasked_file(request, "json", by=officer)
    name = UnmaskedFile.objects.get().file.name
    assert (purge_unmasked(), default_storage.exists(name)) == (0, True)
    UnmaskRequest.objects.update(until=timezone.localdate() - timedelta(days=1))
    request.refresh_from_db()
    assert (refusal(unmasked_file, request, "json", by=officer), request.state_zh) == (OVER, "已到期")
    with django_capture_on_commit_callbacks(execute=True):
        tend_packets()
    kept = UnmaskedFile.objects.get()
    assert (default_storage.exists(name), kept.file.name, kept.removed_at is not None) == (False, "", True)
    event = Event.objects.get(action="scoring.unmasked_removed")
    assert event.detail == {"approval": request.pk, "files": {"json": kept.sha256}}
    assert purge_unmasked() == 0


def test_withdrawn_approval_gives_no_file_and_its_files_go_at_once(
    signed, officer, head, django_capture_on_commit_callbacks
):
    request = approved(signed, by=officer, head=head)
    unmasked_file(request, "json", by=officer)
    name = UnmaskedFile.objects.get().file.name
    with django_capture_on_commit_callbacks(execute=True):
        withdraw_unmasked(request, reason="检查取消", by=officer)
    assert (refusal(unmasked_file, request, "json", by=officer), default_storage.exists(name)) == (
        OVER,
        False,
    )


def test_approval_that_ends_while_a_file_is_made_keeps_none(signed, officer, head, monkeypatch):
    request = approved(signed, by=officer, head=head)
    from scoring.unmasking.actions import files as unmasked_files

    real = unmasked_files.unmasked_document

    def slow(found):
        document = real(found)
        withdraw_unmasked(request, reason="检查取消", by=head)
        return document

    monkeypatch.setattr(unmasked_files, "unmasked_document", slow)
    assert refusal(unmasked_file, request, "json", by=officer) == OVER
    assert not UnmaskedFile.objects.exists()


def test_new_version_of_the_packet_needs_a_new_approval(signed, officer, head):
    request = approved(signed, by=officer, head=head)
    unmasked_file(request, "json", by=officer)
    new = corrected(signed, officer=officer, head=head)
    request.refresh_from_db()
    assert (refusal(unmasked_file, request, "json", by=officer), request.state_zh) == (
        OVER,
        "已随更正失效",
    )
    assert purge_unmasked() == 1
    assert not new.unmask_requests.exists()
    assert "已签发且未被更正" in refusal(asked, Sheet.objects.get(pk=signed.pk), by=officer)
    again = approved(new, by=officer, head=head)
    assert read_json(unmasked_file(again, "json", by=officer)).unmasked.masked_hash == new.content_hash


def test_request_overtaken_by_a_correction_is_not_approved(signed, officer, head):
    request = asked(signed, by=officer)
    corrected(signed, officer=officer, head=head)
    words = refusal(approve_unmasked, request, until=tomorrow(), reason=FITS, by=head)
    assert words == "该版评分表已被更正：请拒绝本申请，由申请人对现行版重新申请。"


def test_draft_is_not_asked_for(signed, officer):
    draft = correct_sheet(signed, reason="补交记录", version=signed.version, by=officer)
    assert "已签发且未被更正" in refusal(asked, draft, by=officer)


def test_report_that_is_no_longer_the_signed_one_is_not_unmasked(signed, officer, head):
    request = approved(signed, by=officer, head=head)
    case = signed.audit.cases.order_by("position").select_related("revision").first()
    case.revision.content["findings"] = "另一份报告。"
    case.revision.save()
    words = refusal(unmasked_file, request, "json", by=officer)
    assert words == "第1份所存的报告与签发时的不同，不能还原。"


def test_orphaned_unmasked_file_is_removed_after_an_hour(db, monkeypatch):
    from scoring.unmasking.actions import retention as packet_keeping

    name = default_storage.save(f"{FOLDER}/orphan.json", ContentFile(b"{}"))
    assert (purge_unmasked(), default_storage.exists(name)) == (0, True)
    monkeypatch.setattr(packet_keeping, "_UNMASKED_ORPHAN", timedelta(0))
    assert (purge_unmasked(), default_storage.exists(name)) == (0, False)


def test_name_of_the_file_is_no_masked_one_and_names_no_patient(signed, officer, head):
    request = approved(signed, by=officer, head=head)
    name = unmasked_name(request, "pdf")
    assert name == f"未脱敏_迎检包_RAD_2026年第3季度_第1版_第{request.pk}号批准.pdf"


def test_batch_of_the_year_holds_masked_files_alone(signed, officer, head, department, light):
    import io
    import zipfile

    from scoring.batches.actions import begin_packets, run_packets
    from scoring.batches.domain.packet_period import PacketPeriod

    request = approved(signed, by=officer, head=head)
    for kind in ("json", "xlsx"):
        unmasked_file(request, kind, by=officer)
    job = begin_packets(PacketPeriod(2026), department=department, by=officer, queue=False)
    run_packets(job.pk)
    job.refresh_from_db()
    with zipfile.ZipFile(io.BytesIO(job.file.read())) as archive:
        names = archive.namelist()
        whole = b"".join(archive.read(name) for name in names).decode(errors="replace")
    assert [name for name in names if "未脱敏" in name] == []
    assert ("鹳**" in whole, NAME in whole, IDENTITY in whole) == (True, False, False)


# --- what the records say of a file ----------------------------------------------------------------


def approval_words(content: bytes) -> tuple[bool, object, str]:
    answer = answer_for(content)
    found = next(check for check in answer["checks"] if check["name"] == "approval")
    return answer["ok"], found["ok"], found["sentence"]


def test_verification_says_where_the_approval_stands(signed, officer, head):
    request = approved(signed, by=officer, head=head)
    files = [unmasked_file(request, kind, by=officer) for kind in ("json", "xlsx")]
    whole = f"本机有第{request.pk}号未脱敏批准的记录，仅限示例区卫生健康委，"
    for content in files:
        assert approval_words(content) == (True, True, f"{whole}有效至 {request.until}。")
    withdraw_unmasked(request, reason="检查取消", by=head)
    over = [approval_words(content) for content in files]
    assert [(ok, found) for ok, found, _ in over] == [(True, None)] * 2
    assert all("收回：应当销毁所持副本，不得再使用。" in words for *_, words in over)


def test_verification_refuses_an_approval_that_was_never_given(signed, officer, head):
    from dataclasses import replace

    from scoring.packet.json import render_json

    request = approved(signed, by=officer, head=head)
    document = read_json(unmasked_file(request, "json", by=officer))
    for change in ({"receiver": "另一机构"}, {"approval": 77}, {"until": "2099-12-31"}, {"reason": "别的"}):
        forged = replace(document, unmasked=replace(document.unmasked, **change))
        ok, found, words = approval_words(render_json(forged))
        assert (ok, found, words.startswith("本机没有这样的批准")) == (False, False, True)


def test_verification_elsewhere_knows_no_approval(signed, officer, head):
    request = approved(signed, by=officer, head=head)
    content = unmasked_file(request, "json", by=officer)
    UnmaskedFile.objects.all().delete()
    request.delete()
    tamper(signed, content_hash="0" * 64)
    assert approval_words(content)[1:] == (None, "本机没有这次批准的记录：请向出具机构核实。")


def test_unmasked_file_of_a_record_that_differs_is_not_handed_out(signed, officer, head):
    request = approved(signed, by=officer, head=head)
    unmasked_file(request, "json", by=officer)
    tamper(signed, total=30)
    with pytest.raises(RefusedError, match="评分表与签发时的记录不符"):
        unmasked_file(request, "json", by=officer)
    assert Event.objects.filter(action="scoring.record_differs").count() == 1
