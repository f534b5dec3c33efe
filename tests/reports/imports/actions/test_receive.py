"""Reports taken in: created, completed, amended, refused; the same file twice changes nothing."""

import json
from dataclasses import replace
from datetime import date, datetime

import pytest
from django.db.models import TextField
from django.utils import timezone

from reports.archive.content import content_of
from reports.archive.models import CONTENT_FIELDS, Report, Revision
from reports.domain.versions import content_hash
from reports.imports.actions import chunk, receive
from reports.imports.actions.exam_records import fields_of
from reports.imports.actions.files import take_file
from reports.imports.actions.receive import receive_reports
from reports.imports.models import CriticalAlert, ImagingRequest, ImportSource
from reports.intake.reports import read_reports
from reports.intake.values import LIMITS, LONGEST_TEXT, IncomingReport
from reports.outcomes.models import Outcome
from tests.audits.factories import drawn_audit
from tests.factories import make_report
from tests.paths import DATA
from trail.models import Event

RIS = DATA / "ris"
LAYOUTS = ("clean.xlsx", "vendor_gbk.csv", "messy.xlsx", "utf8bom.csv")
KEY = [json.loads(line) for line in (RIS / "key.jsonl").read_text(encoding="utf-8").splitlines()]
REFUSALS = json.loads((RIS / "refusals.json").read_text(encoding="utf-8"))["refused"]
AMENDMENTS = json.loads((RIS / "amendments.json").read_text(encoding="utf-8"))


def take(name, department, **more):
    values = {"kind": "reports", "department": department, "source": None, "mapping": None, "by": None} | more
    return take_file((RIS / name).read_bytes(), name, **values)[0]


def counts(tally):
    return tally.created, tally.updated, tally.unchanged, len(tally.refused)


def rows_of(department):
    """All reports and versions of a department without keys and clock."""
    names = [n for n in CONTENT_FIELDS if n != "extra"]
    plain = ("accession_number", "system", "is_final", "is_signed", "revision_number", "content_hash", *names)
    reports = Report.objects.filter(department=department).order_by("accession_number").values_list(*plain)
    versions = Revision.objects.filter(report__department=department).order_by(
        "report__accession_number", "number"
    )
    kept = ("report__accession_number", "number", "content_hash", "content", "changed_fields", "reported_at")
    return list(reports), list(versions.values_list(*kept))


def incoming(number="A1", row=2, **fields):
    values = {
        "modality": "CT",
        "patient_id": "P1",
        "findings": "双肺清晰。",
        "impression": "未见异常。",
        "reported_at": datetime(2026, 3, 5, 16, 30),
        "reported_at_precision": "minute",
    }
    return IncomingReport(row=row, accession_number=number, **(values | fields))


def test_incoming_report_has_exactly_the_content_fields():
    assert set(IncomingReport.__dataclass_fields__) == {*CONTENT_FIELDS, "row", "accession_number"}


def test_limits_of_intake_are_those_of_the_database():
    lengths = {
        model: {f.name: f.max_length for f in model._meta.local_fields if getattr(f, "max_length", None)}
        for model in (Report, Outcome, ImagingRequest, CriticalAlert)
    }
    for given in lengths.values():
        assert {n: given[n] for n in given if n in LIMITS} == {n: LIMITS[n] for n in given if n in LIMITS}
    texts = {f.name for model in lengths for f in model._meta.local_fields if isinstance(f, TextField)}
    bounded = {name for given in lengths.values() for name in given}
    assert {n: LIMITS[n] for n in set(LIMITS) - bounded} == dict.fromkeys(texts & set(LIMITS), LONGEST_TEXT)
    papers = {model: fields_of(model) for model in (ImagingRequest, CriticalAlert)}
    for model, fields in {Report: CONTENT_FIELDS, **papers}.items():
        unguarded = set(lengths[model]) & set(fields) - set(LIMITS)
        assert {n for n in unguarded if not n.endswith("_precision")} == ({"modality"} & set(fields))


@pytest.mark.parametrize("name", LAYOUTS)
def test_shared_file_gives_the_reports_revisions_and_refusals_of_its_key(name, department):
    tally = take(name, department)
    amended = AMENDMENTS if name == "messy.xlsx" else []
    refused = [r.get("row") or r["record"] for r in REFUSALS if r["file"] == name]
    assert counts(tally) == (len(KEY), len(amended), 0, len(refused))
    assert [r.row for r in tally.refused] == refused
    assert set(Report.objects.values_list("accession_number", flat=True)) == {k["accession"] for k in KEY}
    assert {r.accession_number: r.system for r in Report.objects.all()} == {
        k["accession"]: k["system"] for k in KEY
    }
    assert Revision.objects.count() == len(KEY) + len(amended)
    for given in amended:
        report = Report.objects.get(accession_number=given["accession"])
        old, new = report.revisions.order_by("number")
        assert (given["old"] in old.content[given["field"]], given["new"] in new.content[given["field"]]) == (
            True,
            True,
        )
        assert given["new"] in getattr(report, given["field"])
        assert (
            timezone.localtime(report.reported_at).strftime("%Y-%m-%d %H:%M:%S")
            == given["reported_at_amended"]
        )
        assert given["field"] in new.changed_fields


@pytest.mark.parametrize("name", LAYOUTS)
def test_same_file_twice_changes_nothing(name, department):
    first = take(name, department)
    before = rows_of(department)
    again = take(name, department)
    assert counts(again) == (0, 0, first.created + first.updated, len(first.refused))
    assert rows_of(department) == before


def test_every_report_is_there_once_whatever_layouts_it_came_by(department):
    for name in ("messy.xlsx", "clean.xlsx", "vendor_gbk.csv", "utf8bom.csv", "messy.xlsx", "vendor_gbk.csv"):
        take(name, department)
    assert Report.objects.count() == len(KEY)
    amended = {a["accession"] for a in AMENDMENTS}
    # The messy layout writes one clinical diagnosis as “=腹痛待查”: two exports differ, a version more.
    assert set(
        Revision.objects.filter(number=2).values_list("report__accession_number", flat=True)
    ) == amended | {"99202509030027"}
    assert not Revision.objects.filter(number__gt=2).exists()
    for given in AMENDMENTS:
        assert given["new"] in getattr(
            Report.objects.get(accession_number=given["accession"]), given["field"]
        )


def test_fuller_export_completes_without_a_version(department):
    take("vendor_gbk.csv", department)
    assert Report.objects.filter(reported_at_precision="second").count() == 0
    tally = take("clean.xlsx", department)
    assert (counts(tally), tally.completed) == ((0, 0, 0, 0), 228)
    assert Report.objects.filter(reported_at_precision="second").count() == 227
    assert Revision.objects.count() == 228


@pytest.mark.parametrize("size", [60, 1000])
@pytest.mark.parametrize("name", ["messy.xlsx", "vendor_gbk.csv"])
def test_dry_run_foretells_the_import_and_writes_nothing(name, size, department, monkeypatch):
    monkeypatch.setattr(receive, "CHUNK", size)
    events = Event.objects.count()
    foretold = take(name, department, dry_run=True)
    assert (Report.objects.count(), Revision.objects.count(), Event.objects.count()) == (0, 0, events)
    assert foretold == take(name, department)


def test_reports_of_another_department_are_untouched(department, other_department):
    theirs = make_report(other_department, "S20250814MR028", findings="别院的报告。", patient_id="别院")
    take("messy.xlsx", department)
    theirs.refresh_from_db()
    assert (theirs.findings, theirs.patient_id, theirs.revision_number) == ("别院的报告。", "别院", 1)
    assert Report.objects.filter(department=other_department).count() == 1
    assert Report.objects.filter(department=department).count() == len(KEY)


def test_newest_first_export_still_makes_the_amendment_the_current_version(department):
    late = incoming(row=2, impression="修订。", reported_at=datetime(2026, 3, 6, 9, 0))
    tally = receive_reports([late, incoming(row=3)], department=department, by=None)
    assert counts(tally) == (1, 1, 0, 0)
    assert Report.objects.get().impression == "修订。"
    assert list(Revision.objects.order_by("number").values_list("content__impression", flat=True)) == [
        "未见异常。",
        "修订。",
    ]


def test_another_patient_under_a_known_number_is_refused(department):
    receive_reports([incoming()], department=department, by=None)
    tally = receive_reports([incoming(patient_id="P2")], department=department, by=None)
    (refusal,) = tally.refused
    assert (refusal.column, refusal.reason) == (
        "受检者ID",
        "检查号“A1”已登记在另一受检者名下：受检者ID已登记为“**”，本行为“**”。"
        "不能作为同一份的修订，这一行没有导入；请核对号码，两份须各有自己的号码，更正后重新导出。",
    )
    assert Report.objects.get().patient_id == "P1"


LATER = datetime(2026, 3, 6, 9, 0)
PERSON = {"patient_id": None, "patient_name": "甲试一", "sex": "男", "birth_on": date(1981, 5, 6)}
EXAM = {"examination_name": "胸部CT平扫", "examined_at": datetime(2026, 3, 5, 9, 0)}


@pytest.mark.parametrize(
    ("other", "column"),
    [
        ({"patient_name": "乙试二"}, "姓名"),
        ({"sex": "女"}, "性别"),
        ({"birth_on": date(1956, 1, 2)}, "出生日期"),
        ({"modality": "MRI"}, "检查种类"),
        ({"examination_name": "头颅CT平扫"}, "检查名称"),
        ({"examined_at": LATER}, "检查日期"),
    ],
)
@pytest.mark.parametrize("chunk", [1, 1000])
@pytest.mark.parametrize("apart", [True, False])
def test_later_row_of_another_patient_or_examination_is_refused_and_nothing_changes(
    department, monkeypatch, other, column, chunk, apart
):
    monkeypatch.setattr(receive, "CHUNK", chunk)
    first = incoming(**PERSON, **EXAM)
    rows = [
        incoming(row=3, **(PERSON | EXAM | {"reported_at": LATER, "impression": "炎症。"} | other)),
        incoming("A2", row=4),
    ]
    taken = receive_reports([first, *([] if apart else rows)], department=department, by=None)
    before = rows_of(department)
    tally = receive_reports(rows, department=department, by=None) if apart else taken
    assert (tally.created, tally.updated, [(r.row, r.column, r.accession_number) for r in tally.refused]) == (
        1 if apart else 2,
        0,
        [(3, column, "A1")],
    )
    stored = Report.objects.get(accession_number="A1")
    assert (stored.patient_name, stored.impression, stored.revision_number) == ("甲试一", "未见异常。", 1)
    assert [row for row in rows_of(department)[0] if row[0] == "A1"] == [r for r in before[0] if r[0] == "A1"]


def test_refusal_names_both_facts_and_masks_the_patients(department):
    receive_reports([incoming(**PERSON, **EXAM)], department=department, by=None)
    other = {"patient_name": "乙试二", "birth_on": date(1956, 1, 2), "modality": "MRI"}
    row = incoming(**(PERSON | EXAM | other | {"reported_at": LATER}))
    (refusal,) = receive_reports([row], department=department, by=None).refused
    assert refusal.reason == (
        "检查号“A1”已登记在另一受检者名下：姓名已登记为“甲**”，本行为“乙**”；"
        "出生日期已登记为“1981年”，本行为“1956年”；检查种类已登记为“CT”，本行为“MRI”。"
        "不能作为同一份的修订，这一行没有导入；请核对号码，两份须各有自己的号码，更正后重新导出。"
    )


def test_another_source_gives_the_same_number_to_another_patient_is_refused(department):
    sources = [ImportSource.objects.create(department=department, name=name) for name in ("东院", "西院")]
    for source, name in zip(sources, ("甲试一", "乙试二"), strict=True):
        row = incoming(**(PERSON | {"patient_name": name}))
        tally = receive_reports([row], department=department, by=None, source=source)
    assert (counts(tally), Report.objects.get().patient_name) == ((0, 0, 0, 1), "甲试一")


@pytest.mark.parametrize(
    "again",
    [
        {"patient_name": "甲*一"},
        {"patient_name": "甲 试 一"},
        {"sex": "未知"},
        {"age": "46岁"},
        {"examination_name": "胸部CT平扫+增强"},
        {"birth_on": None},
    ],
)
def test_later_row_of_the_same_patient_in_another_writing_is_an_amendment(department, again):
    receive_reports([incoming(**PERSON, **EXAM)], department=department, by=None)
    row = incoming(**(PERSON | EXAM | {"reported_at": LATER, "impression": "炎症。"} | again))
    assert counts(receive_reports([row], department=department, by=None)) == (0, 1, 0, 0)
    stored = Report.objects.get()
    assert (stored.impression, stored.patient_name.replace(" ", ""), stored.sex) == ("炎症。", "甲试一", "男")


def test_unknown_patients_are_not_one_patient(department):
    rows = [
        incoming("A1", patient_id="无", patient_name="甲试一", birth_on=date(1981, 5, 6)),
        incoming("A2", patient_id="无", patient_name="乙试二", birth_on=date(1956, 1, 2)),
        incoming("A3", patient_id="000", patient_name="无名氏", birth_on=date(1990, 1, 1)),
        incoming("A4", patient_id="000", patient_name="无名氏", birth_on=date(1990, 1, 1)),
        incoming("A5", patient_id="N/A", patient_name="甲试一", birth_on=date(1981, 5, 6)),
    ]
    receive_reports(rows, department=department, by=None)
    keys = dict(Report.objects.values_list("accession_number", "patient_key"))
    assert (len(set(keys.values())), keys["A1"] == keys["A5"]) == (4, True)


@pytest.mark.parametrize(("first", "then"), [("minute", "second"), ("second", "minute"), ("day", "second")])
def test_same_reports_in_another_precision_make_no_revision(department, first, then):
    finer = ("day", "minute", "second").index(then) > ("day", "minute", "second").index(first)
    cut = {"second": {}, "minute": {"second": 0}, "day": {"second": 0, "minute": 0, "hour": 0}}
    whole = read_reports((RIS / "clean.xlsx").read_bytes(), "clean.xlsx").reports

    def exported(precision):
        times = ("examined_at", "reported_at", "signed_at", "last_modified_at")
        for row in whole:
            given = {n: getattr(row, n).replace(**cut[precision]) for n in times if getattr(row, n)}
            named = dict.fromkeys(("examined_at_precision", "reported_at_precision"), precision)
            yield replace(row, **given, **named)

    receive_reports(list(exported(first)), department=department, by=None, checks=False)
    tally = receive_reports(list(exported(then)), department=department, by=None, checks=False)
    assert (counts(tally), tally.completed) == ((0, 0, 0 if finer else 228, 0), 228 if finer else 0)
    assert Revision.objects.count() == 228


def test_corrected_mapping_fills_fields_and_counts_them_as_completed(department):
    bare = incoming(technique="", clinical_diagnosis=None, requesting_department="")
    full = incoming(technique="平扫", clinical_diagnosis="咳嗽", requesting_department="呼吸科")
    receive_reports([bare], department=department, by=None)
    tally = receive_reports([full], department=department, by=None)
    assert (counts(tally), tally.completed) == ((0, 0, 0, 0), 1)
    fields = ("technique", "clinical_diagnosis", "requesting_department", "revision_number")
    assert list(Report.objects.values_list(*fields)) == [("平扫", "咳嗽", "呼吸科", 1)]
    tally = receive_reports([bare, full], department=department, by=None)
    assert (counts(tally), tally.completed) == ((0, 0, 2, 0), 0)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"signed_by": "李测二"}, (True, True)),
        ({"signed_by": ""}, (True, False)),
        ({"signed_by": "李测二", "signature_method": "", "signed_at": None}, (True, False)),
        ({"reviewing_physician": "李测二"}, (True, True)),
        ({"reporting_physician": "王测一"}, (True, False)),
        ({"signed_by": "李测二", "report_status": "草稿"}, (False, True)),
        ({"signed_by": "李测二", "report_status": "已审核"}, (True, True)),
        ({"signed_by": "李测二", "report_status": "未审核"}, (False, True)),
    ],
)
def test_status_and_signature_decide_whether_a_report_is_final_and_signed(department, fields, expected):
    receive_reports([incoming(**fields)], department=department, by=None)
    report = Report.objects.get()
    assert (report.is_final, report.is_signed) == expected


def test_import_leaves_one_event_without_identity(department, officer):
    take("messy.xlsx", department, by=officer)
    event = Event.objects.get(action="reports.import")
    assert event.detail == {
        "source": "",
        "sha256": "",
        "created": 228,
        "updated": 3,
        "unchanged": 0,
        "completed": 0,
        "refused": 9,
        "pending": 0,
        "from_row": 5,
    }


@pytest.mark.parametrize("together", [True, False])
def test_completed_report_is_drawn_as_it_is_known_now(department, together):
    rows = [incoming(technique=None), incoming(technique="平扫")]
    for given in [rows] if together else [[row] for row in rows]:
        receive_reports(given, department=department, by=None)
    (report, version) = Report.objects.get(), Revision.objects.get()
    assert (version.number, version.content["technique"], version.changed_fields) == (1, "平扫", [])
    assert version.content_hash == report.content_hash == content_hash(content_of(report))


def test_drawn_version_stays_as_it_was_drawn(department):
    audit = drawn_audit(department, technique=None)
    case = audit.cases.select_related("report", "revision").first()
    drawn = case.revision.content
    known = content_of(case.report) | {"technique": "平扫", "extra": ()}
    row = IncomingReport(row=2, accession_number=case.report.accession_number, **known)
    assert receive_reports([row], department=department, by=None).completed == 1
    case = audit.cases.select_related("report", "revision").get(pk=case.pk)
    assert (case.report.technique, case.revision.content) == ("平扫", drawn)
    assert case.report.content_hash != case.revision.content_hash


class Killed(BaseException):
    """Stands for a process that ends in the middle."""


@pytest.mark.parametrize("at", [1, 2, 4])
@pytest.mark.parametrize("where", ["before_write", "after_reports"])
def test_killed_import_run_again_gives_the_rows_of_an_undisturbed_one(
    department, other_department, monkeypatch, at, where
):
    monkeypatch.setattr(receive, "CHUNK", 60)
    take("messy.xlsx", other_department)
    write, insert, calls = chunk._write, chunk.insert_many, []

    def dying_write(known, revisions, batch):
        calls.append(1)
        if where == "before_write" and len(calls) == at:
            raise Killed
        write(known, revisions, batch)

    def dying_insert(model, rows):
        if where == "after_reports" and model is Revision and len(calls) == at:
            raise Killed
        insert(model, rows)

    with monkeypatch.context() as faulty:
        faulty.setattr(chunk, "_write", dying_write)
        faulty.setattr(chunk, "insert_many", dying_insert)
        with pytest.raises(Killed):
            take("messy.xlsx", department)
    whole = Report.objects.filter(department=department)
    assert whole.count() == whole.filter(revisions__number=1).count() <= 60 * (at - 1)
    take("messy.xlsx", department)
    mine, theirs = rows_of(department), rows_of(other_department)
    assert mine == theirs


@pytest.mark.parametrize(("checks", "most"), [(False, 12), (True, 20)])
def test_number_of_queries_does_not_grow_with_the_rows(
    department, django_assert_max_num_queries, checks, most
):
    rows = [incoming(f"A{i}", row=i) for i in range(300)]
    with django_assert_max_num_queries(most):
        receive_reports(rows, department=department, by=None, checks=checks)
