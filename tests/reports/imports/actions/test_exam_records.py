"""Requests and alerts taken in: once, with what changes, and never another department's."""

from dataclasses import replace
from datetime import datetime

import pytest

from reports.findings.models import CheckRun
from reports.imports.actions import exam_records
from reports.imports.actions.alerts import receive_alerts
from reports.imports.actions.files import take_file
from reports.imports.actions.requests import receive_requests
from reports.imports.models import CriticalAlert, ImagingRequest
from reports.intake.values import IncomingAlert, IncomingRequest
from tests.factories import make_report
from tests.paths import DATA
from trail.models import Event

RIS = DATA / "ris"
FILES = (
    ("requests", "requests.csv", ImagingRequest, 228),
    ("alerts", "critical_alerts.csv", CriticalAlert, 10),
)


def take(name, department, kind, **more):
    values = {"kind": kind, "department": department, "source": None, "mapping": None, "by": None} | more
    return take_file((RIS / name).read_bytes(), name, **values)[0]


def counts(tally):
    return tally.created, tally.updated, tally.unchanged, len(tally.refused)


def request(row=2, **fields):
    given = {"request_number": "Q1", "accession_number": "A1", "clinical_question": "复查"} | fields
    return IncomingRequest(row=row, **given)


def alert(row=2, **fields):
    given = {"accession_number": "A1", "content": "气胸", "found_at": datetime(2026, 3, 5, 8, 0)} | fields
    return IncomingAlert(row=row, **given)


def take_requests(department, *rows, **more):
    return receive_requests(rows, department=department, by=None, **more)


def take_alerts(department, *rows, **more):
    return receive_alerts(rows, department=department, by=None, **more)


def stored(model, *fields):
    return list(model.objects.order_by("pk").values_list(*fields))


@pytest.mark.parametrize(("kind", "name", "model", "rows"), FILES)
def test_shared_file_taken_twice_changes_nothing(kind, name, model, rows, department, monkeypatch):
    monkeypatch.setattr(exam_records, "CHUNK", 50)
    assert counts(take(name, department, kind)) == (rows, 0, 0, 0)
    before = list(model.objects.order_by("pk").values())
    assert counts(take(name, department, kind)) == (0, 0, rows, 0)
    assert list(model.objects.order_by("pk").values()) == before


@pytest.mark.parametrize(("kind", "name", "model", "rows"), FILES)
def test_dry_run_foretells_and_writes_nothing(kind, name, model, rows, department, monkeypatch):
    monkeypatch.setattr(exam_records, "CHUNK", 3)
    events = Event.objects.count()
    assert counts(take(name, department, kind, dry_run=True)) == (rows, 0, 0, 0)
    assert (model.objects.count(), Event.objects.count()) == (0, events)


@pytest.mark.parametrize(("kind", "name", "model", "rows"), FILES)
def test_each_chunk_leaves_one_event_of_counts_without_identity(
    kind, name, model, rows, department, officer, monkeypatch
):
    monkeypatch.setattr(exam_records, "CHUNK", 150)
    take(name, department, kind, by=officer)
    events = Event.objects.filter(action=f"{kind}.import").order_by("seq")
    first, rest = min(rows, 150), max(rows - 150, 0)
    assert [e.detail["created"] for e in events] == [n for n in (first, rest) if n]
    assert set(events[0].detail) == {
        *("source", "sha256", "from_row"),
        *("created", "updated", "unchanged", "completed", "refused", "pending"),
    }


def test_stored_request_says_what_the_file_says(department):
    take("requests.csv", department, "requests")
    first = ImagingRequest.objects.get(request_number="RQ202500001")
    assert (first.accession_number, first.clinical_question, first.surgical_history) == (
        "S20250108CT001",
        "急诊排查",
        "",
    )
    assert f"{first.requested_at:%Y-%m-%d %H:%M:%S%z}" == "2025-01-08 04:46:06+0000"


def test_changed_request_is_updated_and_what_it_leaves_open_is_kept(department):
    take_requests(department, request(clinical_diagnosis="腹痛", sex="女"))
    tally = take_requests(department, request(clinical_question="排除囊肿", sex=""))
    assert counts(tally) == (0, 1, 0, 0)
    assert stored(ImagingRequest, "clinical_question", "clinical_diagnosis", "sex", "surgical_history") == [
        ("排除囊肿", "腹痛", "女", None)
    ]


def test_request_given_its_accession_later_is_the_same_request(department):
    take_requests(department, request(accession_number=""))
    assert counts(take_requests(department, request())) == (0, 1, 0, 0)
    assert counts(take_requests(department, request(accession_number=""))) == (0, 0, 1, 0)
    assert stored(ImagingRequest, "request_number", "accession_number") == [("Q1", "A1")]


@pytest.mark.parametrize("other", [{"patient_name": "李四"}, {"sex": "女"}, {"patient_id": "P2"}])
@pytest.mark.parametrize("number", ["Q1", None])
def test_request_of_another_patient_under_a_known_number_is_refused(department, other, number):
    person = {"patient_name": "张三", "sex": "男", "patient_id": "P1", "request_number": number}
    take_requests(department, request(**person))
    tally = take_requests(department, request(**(person | other)), request(3, accession_number="A2"))
    (refusal,) = tally.refused
    which = "申请单号“Q1”" if number else "检查号“A1”的申请单"
    assert refusal.reason.startswith(f"{which}已登记在另一受检者名下：")
    assert stored(ImagingRequest, "patient_name", "sex", "patient_id")[0] == ("张三", "男", "P1")


@pytest.mark.parametrize("kind", ["requests", "alerts"])
def test_placeholder_is_no_number_of_a_request_or_an_alert(department, kind):
    head = {"requests": "检查号,申请单号,检查目的,申请时间", "alerts": "检查号,危急值内容,通知时间,接收人"}[
        kind
    ]
    cells = {"requests": "无,--,复查,", "alerts": "000,气胸,,李"}[kind]
    data = f"{head}\n{cells}\n".encode()
    tally, _ = take_file(data, "x.csv", kind=kind, department=department, source=None, mapping=None, by=None)
    assert (tally.created, [(r.row, r.column) for r in tally.refused]) == (0, [(2, "检查号")])


def test_request_without_number_is_known_by_its_examination_and_takes_its_number_later(department):
    bare = request(request_number=None)
    assert counts(take_requests(department, bare)) == (1, 0, 0, 0)
    assert counts(take_requests(department, bare)) == (0, 0, 1, 0)
    assert counts(take_requests(department, request())) == (0, 1, 0, 0)
    assert counts(take_requests(department, bare)) == (0, 0, 1, 0)
    assert stored(ImagingRequest, "request_number", "accession_number") == [("Q1", "A1")]


def test_examination_with_two_requests_refuses_a_row_that_could_be_either(department):
    take_requests(department, request(), request(3, request_number="Q2"))
    same, other = request(request_number=None), request(3, request_number=None, clinical_question="排除囊肿")
    tally = take_requests(department, same, other)
    assert counts(tally) == (0, 0, 1, 1)
    (refusal,) = tally.refused
    assert (refusal.row, refusal.column, refusal.accession_number, refusal.reason) == (
        3,
        "申请单号",
        "A1",
        "检查号“A1”已有2张申请单，这一行没有申请单号，无法确定是哪一张。请补上申请单号后重新导入。",
    )


@pytest.mark.parametrize("chunk", [1, 1000])
def test_rows_of_one_file_that_contradict_each_other_keep_the_first(department, monkeypatch, chunk):
    monkeypatch.setattr(exam_records, "CHUNK", chunk)
    rows = (request(), request(3, accession_number="A2", clinical_question="排除囊肿"), request(4, sex="女"))
    assert counts(take_requests(department, *rows, dry_run=True)) == (1, 1, 0, 1)
    tally = take_requests(department, *rows)
    assert counts(tally) == (1, 1, 0, 1)
    assert [(r.row, r.column, r.reason) for r in tally.refused] == [
        (
            3,
            "检查号",
            "申请单号“Q1”在这份文件中不止一行，而“检查号、检查目的”不同，无法确定以哪一行为准。"
            "请核对后只保留一行，或为另一行补上它自己的申请单号，再重新导入。",
        )
    ]
    assert counts(take_requests(department, *rows)) == (0, 0, 2, 1)
    assert stored(ImagingRequest, "accession_number", "clinical_question", "sex") == [("A1", "复查", "女")]


def test_later_file_completes_an_alert_and_makes_no_twin(department):
    take_alerts(department, alert(notified_by="", received_by=""))
    full = alert(notified_by="李测", received_by="护士甲")
    assert counts(take_alerts(department, full)) == (0, 1, 0, 0)
    assert counts(take_alerts(department, full)) == (0, 0, 1, 0)
    assert counts(take_alerts(department, alert(notified_by="", received_by=""))) == (0, 0, 1, 0)
    assert stored(CriticalAlert, "notified_by", "received_by", "notified_at") == [("李测", "护士甲", None)]


def test_examination_keeps_several_alerts_and_an_empty_one(department):
    rows = (alert(), alert(3, content="脑疝"), alert(4, found_at=datetime(2026, 3, 6, 8, 0)))
    empty = alert(5, accession_number="A2", content="", found_at=None, found_at_precision="")
    assert counts(take_alerts(department, *rows, empty)) == (4, 0, 0, 0)
    assert counts(take_alerts(department, *rows, empty)) == (0, 0, 4, 0)
    assert stored(CriticalAlert, "accession_number", "content") == [
        ("A1", "气胸"),
        ("A1", "脑疝"),
        ("A1", "气胸"),
        ("A2", ""),
    ]


@pytest.mark.parametrize("chunk", [1, 1000])
def test_second_notification_in_one_file_is_an_alert_of_its_own(department, monkeypatch, chunk):
    monkeypatch.setattr(exam_records, "CHUNK", chunk)
    rows = (alert(receiving_department="急诊科"), alert(3, receiving_department="胸外科"))
    assert counts(take_alerts(department, *rows, dry_run=True)) == (2, 0, 0, 0)
    assert counts(take_alerts(department, *rows)) == (2, 0, 0, 0)
    assert counts(take_alerts(department, *rows)) == (0, 0, 2, 0)


def test_paper_of_another_department_is_left_alone(department, other_department):
    take_requests(other_department, request(clinical_question="甲"))
    take_alerts(other_department, alert(notified_by="甲"))
    assert counts(take_requests(department, request())) == (1, 0, 0, 0)
    assert counts(take_alerts(department, alert(notified_by="乙"))) == (1, 0, 0, 0)
    assert stored(ImagingRequest, "department", "clinical_question") == [
        (other_department.pk, "甲"),
        (department.pk, "复查"),
    ]
    assert [a.notified_by for a in CriticalAlert.objects.for_accessions(department, ["A1"])] == ["乙"]


@pytest.mark.parametrize("many", [1, 1000])
def test_papers_of_a_chunk_of_reports_are_two_questions(department, count_queries, many):
    rows = [request(n, request_number=f"Q{n}", accession_number=f"A{n}") for n in range(many)]
    take_requests(department, *rows)
    take_alerts(department, *(alert(n, accession_number=f"A{n}") for n in range(many)))
    take_requests(department, request(request_number="Q-none", accession_number=""))
    numbers = ["", *(f"A{n}" for n in range(1000))]
    found = []

    def ask():
        for model in (ImagingRequest, CriticalAlert):
            found.append(len(model.objects.for_accessions(department, numbers)))

    assert count_queries(ask) == 2
    assert found[:2] == [many, many]


@pytest.mark.parametrize(("kind", "name", "model", "rows"), FILES)
def test_papers_are_visible_in_their_department_only(
    kind, name, model, rows, department, other_department, officer
):
    take(name, department, kind)
    take(name, other_department, kind)
    assert set(model.objects.visible_to(officer, "reports.view").values_list("department", flat=True)) == {
        department.pk
    }


def test_refused_in_reading_joins_the_tally_in_order_of_rows(department):
    data = (
        "检查号,申请单号,检查目的,申请时间\nA1,Q1,复查,\n,,复查,\nA3,Q1,排除囊肿,\nA4,Q4,复查,昨天\n".encode()
    )
    tally, _ = take_file(
        data, "x.csv", kind="requests", department=department, source=None, mapping=None, by=None
    )
    assert [(r.row, r.column) for r in tally.refused] == [(3, "检查号"), (4, "检查号"), (5, "申请时间")]
    assert ImagingRequest.objects.count() == 1


def asked_again(monkeypatch):
    """Which examinations' reports an import had checked again, in the order of its chunks."""
    asked = []
    monkeypatch.setattr(
        exam_records, "recheck_accessions", lambda d, numbers, *, by: asked.append(sorted(numbers))
    )
    return asked


def test_reports_whose_papers_changed_are_checked_again_and_no_others(department, monkeypatch):
    asked = asked_again(monkeypatch)
    take_requests(department, request(), request(3, request_number="Q2", accession_number="A2"))
    take_requests(department, request(), request(3, request_number="Q2", accession_number="A3"))
    take_requests(department, request(), dry_run=True)
    take_alerts(department, alert(accession_number="A4"))
    take_alerts(department, alert(accession_number="A4"))
    assert asked == [["A1", "A2"], ["A2", "A3"], ["A4"], []]


def test_first_alert_has_every_report_of_its_department_checked_again(department, other_department):
    make_report(department, "A1")
    take_alerts(department, dry_run=True)
    take_alerts(department)
    assert not CheckRun.objects.exists()
    take_alerts(department, alert(accession_number="A2"))
    take_alerts(department, alert())
    assert list(CheckRun.objects.values_list("department", "status", "progress_total")) == [
        (department.pk, "queued", 1)
    ]


def test_incoming_values_have_a_place_in_the_tables():
    for value, model in ((request(), ImagingRequest), (alert(), CriticalAlert)):
        assert set(exam_records.fields_of(model)) == set(type(replace(value)).__dataclass_fields__) - {"row"}
