"""The four report layouts and both outcome registers give exactly what their keys say."""

import json
from dataclasses import fields
from functools import cache

import pytest

from reports.intake.outcomes import read_outcomes
from reports.intake.reports import read_reports
from reports.intake.values import IncomingReport
from spreadsheets import FileRefused
from tests.paths import DATA

RIS = DATA / "ris"
LAYOUTS = ("clean.xlsx", "vendor_gbk.csv", "messy.xlsx", "utf8bom.csv")
KEY = [json.loads(line) for line in (RIS / "key.jsonl").read_text(encoding="utf-8").splitlines()]
REFUSALS = json.loads((RIS / "refusals.json").read_text(encoding="utf-8"))
# Known only once the report's other version is at hand: told by reports.domain.versions, not by reading.
STORED = {"conflicting_duplicate"}


@cache
def read(name, **more):
    """Read once for the tests that only look at the answer."""
    return read_reports((RIS / name).read_bytes(), name, **more)


@pytest.fixture(scope="module")
def clean():
    return {report.accession_number: report for report in read("clean.xlsx").reports}


@pytest.mark.parametrize("name", LAYOUTS)
def test_shared_layout_gives_the_reports_of_the_key(name):
    kinds = {"MR": "MRI", "MG": "DR"}
    expected = {(k["accession"], k["patient_id"], kinds.get(k["modality"], k["modality"])) for k in KEY}
    found = read(name).reports
    extra = {"S20250927CT112"} if name == "messy.xlsx" else set()
    assert {(r.accession_number, r.patient_id, r.modality) for r in found} == expected
    twice = {r.accession_number for r in found} - {r.accession_number for r in found[: len(expected)]}
    assert twice <= extra


@pytest.mark.parametrize("name", LAYOUTS)
def test_shared_layout_refuses_the_rows_of_the_key_and_no_other(name):
    given = [r for r in REFUSALS["refused"] if r["file"] == name and r["reason_code"] not in STORED]
    expected = [(r.get("row") or r["record"], r["reason_code"], r["accession"]) for r in given]
    assert [(r.row, r.code, r.accession_number) for r in read(name).refusals] == expected


@pytest.mark.parametrize("name", LAYOUTS)
def test_shared_layout_passes_over_the_rows_of_the_key_and_no_other(name):
    expected = [r["row"] for r in REFUSALS["ignored_rows"] if r["file"] == name]
    assert [r.row for r in read(name).ignored] == expected


def test_vendor_row_with_an_unquoted_comma_names_both_counts():
    (refusal,) = read("vendor_gbk.csv").refusals
    assert refusal.found == "29个字段"
    assert refusal.expected == "28个字段"
    assert refusal.reason.startswith("字段数29，表头28：")


@pytest.mark.parametrize("name", ["vendor_gbk.csv", "utf8bom.csv"])
def test_other_layouts_hold_the_same_content_as_the_clean_one(name, clean):
    times = ("examined_at", "reported_at", "signed_at", "last_modified_at")
    unknown_there = {"institution_name", "report_title"}
    for report in read(name).reports:
        other = clean[report.accession_number]
        for field in fields(IncomingReport):
            mine, theirs = getattr(report, field.name), getattr(other, field.name)
            if field.name in ("row", "extra") or (field.name in unknown_there and None in (mine, theirs)):
                continue
            if name == "vendor_gbk.csv" and field.name in times and mine and theirs:
                mine, theirs = mine.replace(second=0), theirs.replace(second=0)  # exported to the minute
            if name == "vendor_gbk.csv" and field.name.endswith("_precision"):
                continue
            assert (report.accession_number, field.name, mine) == (other.accession_number, field.name, theirs)


def test_messy_layout_holds_the_clean_content_but_for_amendments_and_precision(clean):
    amended = json.loads((RIS / "amendments.json").read_text(encoding="utf-8"))
    rows = {a["amended_row"] for a in amended}
    texts = ("technique", "findings", "impression")
    compared = (
        "patient_name",
        "sex",
        "age",
        "age_days",
        "birth_on",
        "surgical_history",
        "operator",
        "signed_by",
    )
    for report in read("messy.xlsx").reports:
        other = clean[report.accession_number]
        for name in compared:
            assert getattr(report, name) == getattr(other, name)
        if report.row not in rows and report.row != 249:
            assert [getattr(report, n) for n in texts] == [getattr(other, n) for n in texts]
    for given in amended:
        versions = [r for r in read("messy.xlsx").reports if r.accession_number == given["accession"]]
        first, second = versions
        assert (first.row, second.row) == (given["first_row"], given["amended_row"])
        assert given["old"] in getattr(first, given["field"])
        assert given["new"] in getattr(second, given["field"])
        assert f"{second.reported_at}" == given["reported_at_amended"]


@pytest.mark.parametrize("name", ["utf8bom.csv", "messy.xlsx", "vendor_gbk.csv", "clean.xlsx"])
def test_exam_time_given_as_a_day_keeps_that_precision(name):
    days = {k["accession"] for k in KEY for m in k["must"] if m["code"] == "6.2.2/incomplete-exam-time"}
    found = {r.accession_number for r in read(name).reports if r.examined_at_precision == "day"}
    assert found == days


def test_messy_texts_that_begin_like_formulas_are_kept_as_texts():
    notes = {dict(r.extra)["备注"] for r in read("messy.xlsx").reports if r.extra}
    assert {"=加急", "+C 对比剂未外渗", "@急诊", "-"} <= notes
    diagnoses = {r.clinical_diagnosis for r in read("messy.xlsx").reports}
    assert "=腹痛待查" in diagnoses


def test_outcome_registers_in_both_formats_read_alike_and_refuse_the_same_rows():
    keys = [
        json.loads(line) for line in (RIS / "outcomes_key.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    codes = {"refused_no_text": "no_text", "refused_invalid_date": "invalid_date"}
    expected = [(k["row"] + 1, codes[k["match"]], k["accession"]) for k in keys if k["match"] in codes]
    found = [read_outcomes((RIS / n).read_bytes(), n) for n in ("outcomes.xlsx", "outcomes.csv")]
    assert found[0].outcomes == found[1].outcomes
    assert [(r.row, r.code, r.accession_number) for r in found[0].refusals] == expected
    kinds = {k["row"] + 1: k["kind"] for k in keys}
    assert all(o.kind == kinds[o.row] for o in found[0].outcomes)
    assert len(found[0].outcomes) == 75


BROKEN = {
    "truncated.xlsx": "文件损坏",
    "mixed_encoding.csv": "文件编码不一致：第1行为GB18030，从第3行起出现UTF-8",
    "empty.csv": "文件是空的（0字节）",
    "dtd_bomb.xlsx": "实体定义（DTD）",
    "old_format.xlsx": "缺少必需的列",
    "duplicate_header.csv": "表头中“检查号”出现两次，且取值不同",
}


def test_broken_list_is_tried_whole():
    listed = json.loads((RIS / "broken.json").read_text(encoding="utf-8"))
    assert {entry["file"].removeprefix("broken/") for entry in listed} == set(BROKEN)


@pytest.mark.parametrize("name", BROKEN)
@pytest.mark.parametrize("reader", [read_reports, read_outcomes])
def test_broken_file_is_refused_with_what_was_found(name, reader):
    with pytest.raises(FileRefused) as refused:
        reader((RIS / "broken" / name).read_bytes(), name)
    if reader is read_reports or name != "duplicate_header.csv":
        assert BROKEN[name] in str(refused.value)
