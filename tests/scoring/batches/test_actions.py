"""批量迎检包: what an order means, how it runs, stops, is killed, resumes, and is removed in time."""

import hashlib
import io
import json
import zipfile
from datetime import date, timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import IntegrityError
from django.utils import timezone
from django.utils.module_loading import import_string
from django_q.models import Schedule

from audits.conflicts import RefusedError
from scoring.batches import actions as packet_jobs
from scoring.batches.actions import begin_packets, cancel_packets, run_packets
from scoring.batches.domain.packet_period import PacketPeriod
from scoring.batches.models import FOLDER, PacketJob
from scoring.downloads.actions import grant_packet, revoke_grant
from scoring.packet.models import PacketFile
from scoring.sheets.actions.corrections import correct_sheet
from scoring.sheets.models import Sheet
from scoring.signing.actions import sign_sheet, submit_sheet
from scoring.unmasking.actions import retention as packet_keeping
from scoring.unmasking.actions.retention import purge_packets, resume_packets, schedule_packets
from tests import people
from tests.scoring.sheets.factories import signed_sheet
from tests.scoring.tampering import tamper
from tests.stories import made_once
from trail.models import Event

pytestmark = pytest.mark.usefixtures("laid_out_once")

QUARTER, YEAR = PacketPeriod(2026, 3), PacketPeriod(2026)
Status = PacketJob.Status


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


@pytest.fixture
def queued(monkeypatch):
    """The numbers of jobs handed to the worker."""
    numbers: list[int] = []
    monkeypatch.setattr(packet_jobs, "async_task", lambda path, pk, task_name: numbers.append(pk))
    return numbers


def far_sheet(other_department) -> Sheet:
    """A signed sheet of the other hospital."""

    def person(role):
        return people.person(f"far-{role}", f"邻县{role}", role, other_department)

    return signed_sheet(
        other_department, by=person("qc_officer"), head=person("head"), assessor=person("assessor")
    )


def ran(period, *, by, department=None) -> PacketJob:
    job = begin_packets(period, department=department, by=by, queue=False)
    run_packets(job.pk)
    job.refresh_from_db()
    return job


def opened(job: PacketJob) -> zipfile.ZipFile:
    with job.file.open("rb") as file:
        return zipfile.ZipFile(io.BytesIO(file.read()))


def stored() -> list[str]:
    try:
        return sorted(default_storage.listdir(FOLDER)[1])
    except FileNotFoundError:
        return []


def far_person(department):
    return people.person("wide", "两院甲", "head", None)


# --- what is in it ---------------------------------------------------------------------------------


def test_quarter_is_one_archive_with_files_index_manifest_and_sums(signed, officer):
    job = ran(QUARTER, by=officer)
    archive = opened(job)
    folder = "RAD_2026年第3季度_第1版"
    files = [f"{folder}/迎检包_{folder}.{kind}" for kind in ("pdf", "xlsx", "json")]
    assert archive.namelist() == [*files, "目录.html", "manifest.json", "SHA256SUMS.txt"]
    manifest = json.loads(archive.read("manifest.json"))
    told = manifest["packets"][0].pop("files")
    assert manifest["packets"] == [
        {
            "department": "RAD",
            "institution": "示例医院",
            "period": "2026年第3季度",
            "number": 1,
            "status": "signed",
            "total": 29,
            "verdict": "pass",
            "verdict_zh": "合格",
            "content_hash": signed.content_hash,
            "signed_at": timezone.localtime(signed.signed_at).strftime("%Y-%m-%d %H:%M"),
        }
    ]
    for line in told:
        content = archive.read(line["path"])
        assert (line["sha256"], line["size"]) == (hashlib.sha256(content).hexdigest(), len(content))
    sums = dict(
        reversed(line.split("  ", 1)) for line in archive.read("SHA256SUMS.txt").decode().splitlines()
    )
    assert sums == {n: hashlib.sha256(archive.read(n)).hexdigest() for n in archive.namelist()[:-1]}
    assert (job.status, job.included, job.problems, job.progress_done) == ("done", [signed.pk], [], 1)


def test_same_packets_twice_give_the_same_bytes(signed, officer):
    first, second = ran(QUARTER, by=officer), ran(QUARTER, by=officer)
    assert (first.pk != second.pk, first.sha256) == (True, second.sha256)
    local = timezone.localtime(signed.signed_at)
    times = {entry.date_time[:5] for entry in opened(first).infolist()}
    assert times == {(local.year, local.month, local.day, local.hour, local.minute)}


def test_year_of_several_departments_holds_an_archive_of_each(signed, other_department, department):
    far_sheet(other_department)
    job = ran(YEAR, by=far_person(department))
    outer = opened(job)
    assert [name for name in outer.namelist() if name.endswith(".zip")] == [
        "迎检包_FAR_2026年.zip",
        "迎检包_RAD_2026年.zip",
    ]
    inner = zipfile.ZipFile(io.BytesIO(outer.read("迎检包_RAD_2026年.zip")))
    packets = json.loads(inner.read("manifest.json"))["packets"]
    assert [(line["department"], line["period"]) for line in packets] == [("RAD", "2026年第3季度")]


def test_officer_gets_no_packet_of_another_department(signed, other_department, officer):
    far_sheet(other_department)
    job = ran(QUARTER, by=officer)
    assert (job.sheets, job.included) == ([signed.pk], [signed.pk])


def test_corrected_version_takes_the_place_of_the_first(signed, officer, head):
    new = correct_sheet(signed, reason="补交记录", version=signed.version, by=officer)
    new = sign_sheet(submit_sheet(new, version=new.version, by=officer), version=new.version + 1, by=head)
    assert begin_packets(QUARTER, department=None, by=officer, queue=False).sheets == [new.pk]


def test_inspector_gets_granted_packets_only(signed, inspector, head):
    with pytest.raises(RefusedError, match="没有您可以下载的迎检包"):
        begin_packets(QUARTER, department=None, by=inspector, queue=False)
    grant_packet(signed, inspector=inspector, until=timezone.localdate(), by=head)
    job = ran(YEAR, by=inspector)
    # Which quarters a department has not signed is none of an inspector's business.
    assert (job.included, job.lacking) == ([signed.pk], [])


def test_grant_taken_back_before_the_job_runs_keeps_the_packet_out(signed, inspector, head):
    grant = grant_packet(signed, inspector=inspector, until=timezone.localdate(), by=head)
    job = begin_packets(QUARTER, department=None, by=inspector, queue=False)
    revoke_grant(grant, by=head)
    before = stored()
    run_packets(job.pk)
    job.refresh_from_db()
    assert (job.status, job.problem, stored()) == (
        "failed",
        "没有一份迎检包可以收入：申请时的第1份：授权已到期或已收回。",
        before,
    )


def test_year_names_the_quarters_over_without_a_packet(signed, officer, department, monkeypatch):
    monkeypatch.setattr(timezone, "localdate", lambda *a: date(2026, 11, 1))
    job = begin_packets(YEAR, department=department, by=officer, queue=False)
    assert job.lacking == ["RAD 2026年第1季度", "RAD 2026年第2季度"]


def test_damaged_sheet_is_named_and_the_others_are_packed(signed, other_department, department):
    far = far_sheet(other_department)
    tamper(far, content={"schema": "x"})
    job = ran(QUARTER, by=far_person(department))
    assert (job.status, job.included, len(job.problems)) == ("done", [signed.pk], 1)
    assert job.problems[0].startswith("FAR 2026年第3季度 第1版：")


# --- its life ---------------------------------------------------------------------------------------


def test_order_under_way_is_not_begun_twice(signed, officer, queued, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        first = begin_packets(QUARTER, department=None, by=officer)
        again = begin_packets(QUARTER, department=None, by=officer)
    assert (first.pk, queued) == (again.pk, [first.pk])
    with pytest.raises(IntegrityError):
        PacketJob.objects.create(year=2026, quarter=3, key=first.key, asked_by=officer)


def test_job_run_again_after_its_end_leaves_its_one_result(signed, officer):
    job = ran(QUARTER, by=officer)
    files = stored()
    run_packets(job.pk)
    assert (stored(), Event.objects.filter(action="scoring.packets_made").count()) == (files, 1)


def test_second_delivery_that_ends_later_throws_its_file_away(signed, officer, monkeypatch):
    job = begin_packets(QUARTER, department=None, by=officer, queue=False)
    real, runs = packet_jobs.add_packet, []

    def add_packet(*args, **more):
        if not runs:
            runs.append("inner")
            run_packets(job.pk)  # the other delivery overtakes this one
        return real(*args, **more)

    monkeypatch.setattr(packet_jobs, "add_packet", add_packet)
    before = stored()
    run_packets(job.pk)
    job.refresh_from_db()
    assert (job.status, len(stored()) - len(before)) == ("done", 1)
    assert Event.objects.filter(action="scoring.packets_made").count() == 1


def test_cancelled_job_stops_and_leaves_no_file(signed, officer, monkeypatch):
    job = begin_packets(QUARTER, department=None, by=officer, queue=False)
    real = packet_jobs.add_packet

    def add_packet(*args, **more):
        assert cancel_packets(job, by=officer)
        return real(*args, **more)

    monkeypatch.setattr(packet_jobs, "add_packet", add_packet)
    before = stored()
    run_packets(job.pk)
    job.refresh_from_db()
    assert (job.status, job.file.name, stored()) == ("cancelled", "", before)
    assert not cancel_packets(job, by=officer)


def test_killed_job_is_queued_again_and_takes_what_was_made(signed, officer, monkeypatch, queued):
    job = begin_packets(QUARTER, department=None, by=officer, queue=False)

    class KilledError(BaseException):
        pass

    def killed(*args, **more):
        raise KilledError

    with monkeypatch.context() as patched:
        patched.setattr(packet_jobs, "_keep", killed)
        with pytest.raises(KilledError):
            run_packets(job.pk)
    made = set(PacketFile.objects.values_list("kind", "sha256"))
    assert resume_packets() == []
    PacketJob.objects.filter(pk=job.pk).update(beat_at=timezone.now() - timedelta(minutes=11))
    assert (resume_packets(), resume_packets(), queued) == ([job.pk], [], [job.pk])
    run_packets(job.pk)
    job.refresh_from_db()
    assert (job.status, set(PacketFile.objects.values_list("kind", "sha256"))) == ("done", made)


def test_fault_inside_tells_the_log_its_kind_and_no_words(signed, officer, monkeypatch, caplog):
    job = begin_packets(QUARTER, department=None, by=officer, queue=False)

    words = "".join(("受检", "甲"))  # not in one piece: a log shows the line that failed

    def broken(*args, **more):
        raise KeyError(words)

    monkeypatch.setattr(packet_jobs, "add_packet", broken)
    with pytest.raises(RuntimeError, match=f"packet job {job.pk} failed: KeyError"):
        run_packets(job.pk)
    job.refresh_from_db()
    assert (job.status, words in caplog.text + job.problem) == ("failed", False)


def test_result_is_removed_after_its_time_and_the_packets_stay(signed, officer, settings):
    settings.QC_RESULT_DAYS = 3
    job = ran(QUARTER, by=officer)
    assert job.keep_until == job.finished_at + timedelta(days=3)
    assert purge_packets() == 0
    PacketJob.objects.filter(pk=job.pk).update(keep_until=timezone.now())
    name, kept = job.file.name, PacketFile.objects.count()
    assert (purge_packets(), purge_packets()) == (1, 0)
    job.refresh_from_db()
    assert (job.status, job.file.name, PacketFile.objects.count()) == ("expired", "", kept)
    event = Event.objects.get(action="scoring.packets_expired")
    assert (event.actor_name, event.detail["label"], name.startswith(FOLDER)) == (
        "系统",
        "2026年第3季度",
        True,
    )


def test_expired_file_is_deleted_once_the_change_is_stored(
    signed, officer, django_capture_on_commit_callbacks
):
    job = ran(QUARTER, by=officer)
    PacketJob.objects.filter(pk=job.pk).update(keep_until=timezone.now())
    assert default_storage.exists(job.file.name)
    with django_capture_on_commit_callbacks(execute=True):
        purge_packets()
    assert not default_storage.exists(job.file.name)


def test_file_of_a_killed_job_is_removed_after_a_day(db, monkeypatch):
    name = default_storage.save(f"{FOLDER}/orphan.zip", ContentFile(b"PK"))
    purge_packets()
    assert default_storage.exists(name)
    monkeypatch.setattr(packet_keeping, "_ORPHAN", timedelta(days=-1))
    purge_packets()
    assert not default_storage.exists(name)


def test_worker_is_told_once_to_tend(db):
    schedule_packets()
    schedule_packets()
    schedule = Schedule.objects.get(name="批量迎检包")
    assert (schedule.minutes, import_string(schedule.func)) == (5, packet_keeping.tend_packets)


# --- the command ------------------------------------------------------------------------------------


def run(*words) -> dict:
    out = io.StringIO()
    call_command("packets", *map(str, words), "--workers", "1", stdout=out)
    return json.loads(out.getvalue())


def test_command_writes_one_archive_of_a_quarter(signed, other_department, tmp_path):
    far_sheet(other_department)
    answer = run("--quarter", "2026Q3", "--out", tmp_path / "new")
    (row,) = answer.pop("files")
    content = (tmp_path / "new" / "迎检包_全部科室_2026年第3季度.zip").read_bytes()
    assert (row["sha256"], row["size"], row["packets"]) == (
        hashlib.sha256(content).hexdigest(),
        len(content),
        2,
    )
    assert (answer["period"], answer["refused"]) == ("2026Q3", [])
    assert Event.objects.get(action="scoring.write_packets").detail == {
        "label": "2026年第3季度",
        "packets": 2,
    }


def test_command_writes_an_archive_a_department_for_a_year(signed, other_department, tmp_path):
    far_sheet(other_department)
    run("--year", "2026", "--out", tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "迎检包_FAR_2026年.zip",
        "迎检包_RAD_2026年.zip",
    ]


def test_command_with_a_damaged_sheet_exits_1_and_writes_the_rest(signed, other_department, tmp_path, capsys):
    far = far_sheet(other_department)
    tamper(far, content={"schema": "x"})
    with pytest.raises(SystemExit) as ended:
        call_command("packets", "--year", "2026", "--out", str(tmp_path), "--workers", "1")
    answer = json.loads(capsys.readouterr().out)
    assert (ended.value.code, len(answer["files"]), len(answer["refused"])) == (1, 1, 1)
    assert [path.name for path in tmp_path.iterdir()] == ["迎检包_RAD_2026年.zip"]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--quarter", "2026"), "季度请写作 --quarter 2026Q3"),
        (("--year", "2026Q3"), "年度请写作 --year 2026"),
        (("--year", "26"), "期间应写作 2026Q3"),
        (("--year", "2020"), "2020年没有已签发的迎检包。"),
        (("--year", "2026", "--department", "NO"), "没有代码为“NO”的科室。现有：RAD。"),
        (("--year", "2026", "--workers", "0"), "--workers 应在1至16之间，收到 0。"),
    ],
)
def test_command_that_cannot_run_says_why_and_exits_2(department, tmp_path, words, sentence):
    with pytest.raises(CommandError) as refused:
        call_command("packets", *words, "--out", str(tmp_path))
    assert (sentence in str(refused.value), refused.value.returncode) == (True, 2)
