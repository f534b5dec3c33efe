"""The files of an unmasked packet: made, masked again, expired, deleted and verified."""

import hashlib
import json
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from audits.conflicts import RefusedError
from scoring.batches import actions as packet_jobs
from scoring.content.unmasked import masked_form
from scoring.packet.actions.files import packet_file
from scoring.packet.json import read_json
from scoring.packet.models import PacketFile
from scoring.records.queries import FILES, verify_records
from scoring.sheets.actions.corrections import correct_sheet
from scoring.sheets.models import Sheet
from scoring.signing.actions import sign_sheet, submit_sheet
from scoring.unmasking.actions.files import OVER, unmasked_file
from scoring.unmasking.actions.requests import (
    approve_unmasked,
    refuse_unmasked,
    withdraw_unmasked,
)
from scoring.unmasking.actions.retention import purge_unmasked, tend_packets
from scoring.unmasking.models import FOLDER, UnmaskedFile, UnmaskRequest
from scoring.unmasking.queries.document import unmasked_name
from scoring.verification.queries import answer_for
from tests.scoring.tampering import tamper
from tests.scoring.unmasking.factories import (
    FITS,
    IDENTITY,
    NAME,
    REASON,
    approved,
    asked,
    canary_sheet,
    tomorrow,
)
from tests.stories import made_once
from trail.models import Event

pytestmark = pytest.mark.usefixtures("laid_out_once")


@made_once
def signed(department, officer, head, assessor) -> Sheet:
    return canary_sheet(department, officer=officer, head=head, assessor=assessor)


def refusal(action, *args, **more) -> str:
    with pytest.raises(RefusedError) as refused:
        action(*args, **more)
    return str(refused.value)


def corrected(sheet: Sheet, *, officer, head) -> Sheet:
    new = correct_sheet(sheet, reason="补交记录", version=sheet.version, by=officer)
    new = submit_sheet(new, version=new.version, by=officer)
    return sign_sheet(new, version=new.version, by=head)


@pytest.fixture
def light(monkeypatch):
    """The PDF is proved in tests/exports; here it would only take its seconds."""
    real = packet_jobs.packet_files

    def packet_files(sheet, kinds, *, by):
        found = real(sheet, [kind for kind in kinds if kind != "pdf"], by=by)
        return {kind: found["json" if kind == "pdf" else kind] for kind in kinds}

    monkeypatch.setattr(packet_jobs, "packet_files", packet_files)


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


def file_differences() -> list[str]:
    return [one.text.partition("未脱敏")[2] for one in verify_records().differences if one.kind == FILES]


def test_edited_exchanged_and_missing_unmasked_files_are_found_by_verify_records(
    signed, officer, head, inspector
):
    request = approved(signed, by=officer, head=head, inspector=inspector)
    content = unmasked_file(request, "json", by=inspector)
    row = UnmaskedFile.objects.get()
    assert (verify_records().counts[FILES], file_differences()) == ((1, 0, 0), [])
    what = f"JSON（第{request.pk}号批准）"
    with open(row.file.path, "ab") as file:
        file.write(b" ")
    assert file_differences() == [f"{what}文件与生成时留痕所记的校验值不同。"]
    changed = hashlib.sha256(content + b" ").hexdigest()
    UnmaskedFile.objects.update(sha256=changed)
    assert file_differences() == [f"{what}文件与生成时留痕所记的校验值不同。"]
    default_storage.delete(row.file.name)
    assert file_differences() == [f"{what}文件不在磁盘上。"]


def test_removed_unmasked_file_is_not_missed(signed, officer, head, inspector):
    request = approved(signed, by=officer, head=head, inspector=inspector)
    unmasked_file(request, "json", by=inspector)
    withdraw_unmasked(request, reason="已核对完", by=head)
    assert (UnmaskedFile.objects.get().file.name, file_differences()) == ("", [])
