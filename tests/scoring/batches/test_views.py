"""Pages of 批量迎检包, 季度对照 and 下载记录: who sees what, what is taken away, and what is recorded."""

import hashlib
import io
import json
import zipfile
from datetime import date, timedelta

import openpyxl
import pytest
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils import timezone

from audits.sampling.models import Audit
from reports.archive.models import Report
from scoring.batches import actions as packet_jobs
from scoring.batches.actions import begin_packets, run_packets
from scoring.batches.domain.packet_period import PacketPeriod
from scoring.batches.models import PacketJob
from scoring.content.document import PacketDocument
from scoring.downloads.actions import grant_packet, revoke_grant
from scoring.downloads.models import PacketGrant
from scoring.sheets.models import Sheet
from tests import people
from tests.scoring.sheets.factories import signed_sheet
from tests.scoring.tampering import tamper
from tests.stories import made_once
from trail.chain import record
from trail.models import Event

pytestmark = pytest.mark.usefixtures("laid_out_once")

QUARTER, YEAR = PacketPeriod(2026, 3), PacketPeriod(2026)


@pytest.fixture(autouse=True)
def light_files(monkeypatch):
    """The PDF is proved elsewhere; here it would only take its seconds."""
    real = packet_jobs.packet_files

    def packet_files(sheet, kinds, *, by):
        found = real(sheet, [kind for kind in kinds if kind != "pdf"], by=by)
        return {kind: found["json" if kind == "pdf" else kind] for kind in kinds}

    monkeypatch.setattr(packet_jobs, "packet_files", packet_files)


@made_once
def signed(department, officer, head, assessor):
    return signed_sheet(department, by=officer, head=head, assessor=assessor, discordant=1)


def url(name, *args):
    return reverse(f"scoring:{name}", args=args)


def made(by, period=QUARTER) -> PacketJob:
    job = begin_packets(period, department=None, by=by, queue=False)
    run_packets(job.pk)
    job.refresh_from_db()
    return job


def again(sheet: Sheet, shift: int) -> Sheet:
    """The same sheet as if signed for an earlier window: the comparison reads contents, not rows."""
    audit = Audit.objects.get(pk=sheet.audit_id)
    audit.pk, audit._state.adding = None, True
    audit.window_start -= timedelta(days=92 * shift)
    audit.window_end -= timedelta(days=92 * shift)
    audit.save()
    copy = Sheet.objects.get(pk=sheet.pk)
    copy.pk, copy._state.adding, copy.audit = None, True, audit
    copy.content["period"] |= {
        "window_start": audit.window_start.isoformat(),
        "window_end": audit.window_end.isoformat(),
    }
    copy.content_hash = PacketDocument.from_dict(copy.content).content_hash()
    copy.save()
    detail = {"number": copy.number, "total": copy.total, "verdict": copy.verdict, "hash": copy.content_hash}
    record("scoring.sign", by=copy.signed_by, target=copy, detail=detail)
    return copy


# --- orders ------------------------------------------------------------------------------------------


def test_order_is_begun_watched_and_taken_away(sign_in, officer, signed):
    client = sign_in(officer)
    page = client.get(url("packet_jobs")).content.decode()
    assert ("2026年（1份）" in page, "2026年第3季度（1份）" in page) == (True, True)
    answer = client.post(url("packet_job_start"), {"period": "2026Q3", "department": ""})
    job = PacketJob.objects.get()
    assert (answer.status_code, answer["Location"], job.status) == (302, url("packet_job", job.pk), "queued")
    waiting = client.get(url("packet_job", job.pk)).content.decode()
    assert ("等待中" in waiting, url("packet_job_cancel", job.pk) in waiting) == (True, True)
    run_packets(job.pk)
    ended = client.get(url("packet_job", job.pk), headers={"HX-Request": "true"})
    assert (ended.status_code, ended["HX-Refresh"]) == (200, "true")
    assert url("packet_job_file", job.pk) in client.get(url("packet_job", job.pk)).content.decode()
    taken = client.get(url("packet_job_file", job.pk))
    content = b"".join(taken.streaming_content)
    job.refresh_from_db()
    assert (taken["Content-Type"], taken["Content-Length"]) == ("application/zip", str(len(content)))
    assert taken["Content-Security-Policy"].startswith("sandbox")
    assert hashlib.sha256(content).hexdigest() == job.sha256
    assert zipfile.ZipFile(io.BytesIO(content)).testzip() is None


def test_archive_taken_away_is_recorded_for_the_whole_and_each_packet(sign_in, officer, signed):
    job = made(officer)
    list(sign_in(officer).get(url("packet_job_file", job.pk)).streaming_content)
    whole = Event.objects.get(action="scoring.download_packets")
    one = Event.objects.get(action="scoring.download_packet")
    assert (whole.target_id, whole.result, whole.detail["sha256"]) == (str(job.pk), "done", job.sha256)
    assert (one.target_type, one.target_id, one.department_id) == (
        "scoring.sheet",
        str(signed.pk),
        signed.department_id,
    )
    assert (one.detail["kind"], one.detail["job"], one.actor_id) == ("zip", job.pk, officer.pk)


def test_orders_of_others_are_404_and_not_listed(sign_in, officer, head, inspector, signed):
    job = made(officer)
    for user in (head, inspector):
        client = sign_in(user)
        answers = [client.get(url(name, job.pk)).status_code for name in ("packet_job", "packet_job_file")]
        answers.append(client.post(url("packet_job_cancel", job.pk)).status_code)
        assert (answers, url("packet_job", job.pk) in client.get(url("packet_jobs")).content.decode()) == (
            [404, 404, 404],
            False,
        )
    assert Event.objects.filter(action="access.refused", target_id=str(job.pk)).count() == 6


def test_order_of_a_period_or_department_out_of_reach_is_refused(
    sign_in, signed, inspector, other_department
):
    client = sign_in(people.person("far", "邻县甲", "qc_officer", other_department))
    for given in ({"period": "2026Q3"}, {"period": "2026", "department": signed.department_id}):
        assert client.post(url("packet_job_start"), given).status_code == 422
    page = sign_in(inspector).get(url("packet_jobs"))
    offered = list(page.context["form"].fields["department"].queryset)
    assert ("还没有可以下载的迎检包" in page.content.decode(), offered) == (True, [])
    assert PacketJob.objects.count() == 0


def test_cancel_on_the_page_ends_an_order_once(sign_in, officer, signed):
    job = begin_packets(QUARTER, department=None, by=officer, queue=False)
    client = sign_in(officer)
    assert "已取消。" in client.post(url("packet_job_cancel", job.pk), follow=True).content.decode()
    assert "任务已经结束" in client.post(url("packet_job_cancel", job.pk), follow=True).content.decode()
    assert client.get(url("packet_job_file", job.pk)).status_code == 404
    assert Event.objects.filter(action="scoring.cancel_packets").count() == 1


@pytest.mark.parametrize("how", ["ended", "revoked"])
def test_archive_with_a_packet_no_longer_granted_is_withheld(sign_in, inspector, head, signed, how):
    grant = grant_packet(signed, inspector=inspector, until=timezone.localdate(), by=head)
    job = made(inspector)
    client = sign_in(inspector)
    assert client.get(url("packet_job_file", job.pk)).status_code == 200
    if how == "revoked":
        revoke_grant(grant, by=head)
    else:
        PacketGrant.objects.update(until=timezone.localdate() - timedelta(days=1))
    answer = client.get(url("packet_job_file", job.pk), follow=True)
    assert answer.redirect_chain == [(url("packet_job", job.pk), 302)]
    body = answer.content.decode()
    assert ("授权已到期或已收回" in body, f'href="{url("packet_job_file", job.pk)}"' in body) == (True, False)
    assert Event.objects.filter(action="scoring.download_packets", result="refused").count() == 1


def test_changed_or_lost_archive_is_never_handed_out(sign_in, officer, signed):
    job = made(officer)
    client = sign_in(officer)
    with default_storage.open(job.file.name, "ab") as file:
        file.write(b"x")
    assert "丢失或被改动" in client.get(url("packet_job_file", job.pk), follow=True).content.decode()
    default_storage.delete(job.file.name)
    assert "丢失或被改动" in client.get(url("packet_job_file", job.pk), follow=True).content.decode()
    assert Event.objects.filter(action="scoring.download_packet").count() == 0


def test_expired_archive_is_404_and_the_page_says_so(sign_in, officer, signed):
    job = made(officer)
    PacketJob.objects.filter(pk=job.pk).update(status="expired", file="")
    client = sign_in(officer)
    assert client.get(url("packet_job_file", job.pk)).status_code == 404
    assert "可以重新发起" in client.get(url("packet_job", job.pk)).content.decode()


def test_orders_listed_cost_the_same_with_one_and_three(sign_in, officer, signed, count_queries):
    client = sign_in(officer)
    counts = []
    for periods in ((QUARTER,), (YEAR, QUARTER)):
        for period in periods:
            made(officer, period)
        client.get(url("packet_jobs"))
        counts.append(count_queries(lambda: client.get(url("packet_jobs"))))
    assert (PacketJob.objects.count(), counts[0]) == (3, counts[1])


def test_archive_names_no_patient_in_any_byte_and_the_trail_none_either(sign_in, officer, signed):
    patients = [word for row in Report.objects.values_list("patient_name", "patient_id") for word in row]
    job = made(officer, YEAR)
    content = b"".join(sign_in(officer).get(url("packet_job_file", job.pk)).streaming_content)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        told = [*archive.namelist(), *(_readable(archive.read(name)) for name in archive.namelist())]
    told += [json.dumps(event.detail, ensure_ascii=False) for event in Event.objects.all()]
    told.append(str(PacketJob.objects.values().get()))
    text = "".join(told)
    assert (len(patients) > 20, [word for word in patients if word in text]) == (True, [])


def _readable(content: bytes) -> str:
    if not content.startswith(b"PK"):
        return content.decode()
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        return "".join(parts.read(name).decode(errors="replace") for name in parts.namelist())


# --- downloads --------------------------------------------------------------------------------------


def test_downloads_of_a_packet_tell_who_took_what(sign_in, officer, head, inspector, signed):
    grant_packet(signed, inspector=inspector, until=timezone.localdate(), by=head)
    sign_in(inspector).get(url("download", signed.pk, "json"))
    job = made(officer)
    list(sign_in(officer).get(url("packet_job_file", job.pk)).streaming_content)
    answer = sign_in(head).get(url("downloads", signed.pk))
    rows = [row.record for row in answer.context["table"].rows]
    assert [(row.actor_name, row.detail["kind"]) for row in rows] == [("测一鸣", "zip"), ("检查甲", "json")]
    body = answer.content.decode()
    assert ("检查甲" in body, "JSON" in body, "ZIP（批量）" in body) == (True, True, True)


def test_downloads_are_for_the_inside_and_for_the_own_department(
    sign_in, inspector, head, signed, other_department
):
    grant_packet(signed, inspector=inspector, until=timezone.localdate(), by=head)
    assert sign_in(inspector).get(url("downloads", signed.pk)).status_code == 403
    far = people.person("far", "邻县甲", "head", other_department)
    assert sign_in(far).get(url("downloads", signed.pk)).status_code == 404


def test_downloads_listed_cost_the_same_with_one_and_three(sign_in, officer, signed, count_queries):
    client = sign_in(officer)
    counts = []
    for number in (1, 2):
        for _ in range(number):
            client.get(url("download", signed.pk, "json"))
        counts.append(count_queries(lambda: client.get(url("downloads", signed.pk))))
    assert counts[0] == counts[1]


def test_downloads_of_a_packet_nobody_took_say_so(sign_in, officer, signed):
    assert "还没有人下载过" in sign_in(officer).get(url("downloads", signed.pk)).content.decode()


# --- comparison -------------------------------------------------------------------------------------


def test_comparison_shows_signed_contents_and_the_newest_eight(sign_in, officer, signed):
    for shift in range(1, 9):
        again(signed, shift)
    client = sign_in(officer)
    answer = client.get(url("comparison"))
    found = answer.context["comparison"]
    assert (len(found.quarters), found.quarters[-1].sheet) == (8, signed.pk)
    assert (found.quarters[0].total, found.quarters[0].rate, found.quarters[0].judged) == (29, "90.0%", 10)
    assert {row.id for row in found.rows} == {"1.1", "1.2", "1.3", "1.4", "1.5", "2.1", "2.2"}
    earlier = answer.context["earlier"]
    assert earlier == date(2026, 9, 30) - timedelta(days=92 * 8)
    before = client.get(url("comparison"), {"until": earlier.isoformat()})
    assert len(before.context["comparison"].quarters) == 1


def test_comparison_of_changed_columns_says_so_and_shows_nothing_of_it(sign_in, officer, signed):
    tamper(signed, total=3, verdict="fail")
    (quarter,) = sign_in(officer).get(url("comparison")).context["comparison"].quarters
    assert (quarter.total, quarter.verdict) == (None, "")
    assert "合计得分现为3，签发时为29；判定现为不合格，签发时为合格" in quarter.problem


def test_comparison_of_a_changed_content_says_so_and_shows_nothing_of_it(sign_in, officer, signed):
    content = Sheet.objects.get(pk=signed.pk).content
    content["result"]["total"] = 30
    tamper(signed, content=content)
    answer = sign_in(officer).get(url("comparison"))
    (quarter,) = answer.context["comparison"].quarters
    assert (quarter.total, "数据库中的内容被改动过" in answer.content.decode()) == (None, True)


def test_comparison_of_an_inspector_holds_granted_quarters_only(
    sign_in, inspector, head, signed, other_department
):
    again(signed, 1)
    client = sign_in(inspector)
    page = client.get(url("comparison"))
    offered = list(page.context["form"].fields["department"].queryset)
    assert (page.status_code, page.context["comparison"].quarters, offered) == (200, (), [])
    grant_packet(signed, inspector=inspector, until=timezone.localdate(), by=head)
    found = client.get(url("comparison")).context["comparison"]
    assert [quarter.sheet for quarter in found.quarters] == [signed.pk]
    far = people.person("far", "邻县甲", "head", other_department)
    far_client = sign_in(far)
    for asked in (signed.department_id, "0", "x", "²", "9" * 30):
        assert far_client.get(url("comparison"), {"department": asked}).status_code == 404
    event = Event.objects.get(action="access.refused")
    assert (event.target_type, event.target_id) == ("staff.department", str(signed.department_id))


def test_comparison_as_a_workbook_holds_whole_numbers_and_is_recorded(sign_in, officer, signed):
    for shift in (1, 2, 3):
        again(signed, shift)
    answer = sign_in(officer).get(url("comparison"), {"export": "xlsx"})
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    rows = {row[0] or row[1]: row[3:7] for row in sheet.iter_rows(values_only=True)}
    assert (rows["2.2"], rows["合计得分"]) == ((9, 9, 9, 9), (29, 29, 29, 29))
    assert rows["诊断符合率"] == ("90.0%",) * 4
    assert "最近4个季度合计 36/40，符合率90.0%，95%置信区间（Wilson）77%–96%。" in rows
    assert "合计的季度：" + "、".join(["2026年第3季度"] * 4) + "。" in rows
    event = Event.objects.get(action="scoring.export_comparison")
    assert (event.detail["packets"], event.department_id) == (4, signed.department_id)


def test_comparison_costs_the_same_with_one_and_three_quarters(sign_in, officer, signed, count_queries):
    client = sign_in(officer)
    client.get(url("comparison"))
    one = count_queries(lambda: client.get(url("comparison")))
    for shift in (1, 2):
        again(signed, shift)
    assert count_queries(lambda: client.get(url("comparison"))) == one
