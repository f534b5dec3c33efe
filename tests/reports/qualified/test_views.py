"""当日资质: the page lists exactly what the command prints, narrows, opens person and report, stays flat."""

import io
import json
from datetime import date, datetime

import openpyxl
import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from reports.archive.models import Report
from reports.imports.actions.files import take_file
from staff.register.actions.imports import import_register
from tests import people
from tests.factories import make_report
from tests.paths import DATA
from tests.staff.factories import (
    make_member,
    make_record,
    qualified_physician,
    qualified_technologist,
)

pytestmark = pytest.mark.django_db
RIS = DATA / "ris"
PERIOD = {"since": "2026-10-01", "until": "2026-12-31"}


def at(day: int, hour: int = 9) -> dict:
    moment = datetime(2026, 10, day, hour)
    return {"examined_at": moment, "reported_at": moment.replace(hour=hour + 2)}


def take_register(department, data: bytes, name: str) -> None:
    import_register(data, name, department=department, by=None)


def take_reports(department, data: bytes, name: str) -> None:
    options = {"kind": "reports", "source": None, "mapping": None, "dry_run": False, "progress": None}
    take_file(data, name, department=department, by=None, **options)


@pytest.fixture
def client(sign_in, officer):
    return sign_in(officer)


@pytest.fixture
def scene(department, other_department):
    """Two physicians, two technologists, each with one gap; reports on both sides of the days that count."""
    qualified_physician(department, "D01", "审核乙")
    late = qualified_physician(department, "D02", "审核丁")
    late.qualifications.filter(type="residency_stage_one").update(issued_on=date(2026, 10, 15))
    qualified_technologist(department, "J01", "技师丙", trained_on=date(2024, 10, 12))
    untrained = make_member(department, "J02", "技师己", modalities=["CT"])
    make_record(untrained, "equipment_training", date(2016, 5, 9))
    make_report(department, "A12", **at(12))
    make_report(department, "A13", **at(13))
    make_report(department, "A14", reviewing_physician="审核丁", operator="技师己", **at(14))
    make_report(department, "A16", reviewing_physician="审核丁", **at(16))
    make_report(department, "A17", reviewing_physician="过路医师", operator="过路技师", **at(17))
    make_report(department, "OLD", reviewing_physician="审核丁", **at(1))
    make_report(other_department, "THEIRS", reviewing_physician="审核丁", **at(14))


def rows(page) -> set[tuple[str, str, str, tuple[str, ...]]]:
    assert page.status_code == 200
    table = page.context["table"]
    return {
        (row.record.accession_number, found.role, str(found.person), found.answer.codes)
        for row in table.rows
        for found in table._asked.shown(table._period, row.record)
    }


def command(**options) -> set[tuple[str, str, str, tuple[str, ...]]]:
    out = io.StringIO()
    call_command("qualifications", department="RAD", stdout=out, **options)
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    return {(line["accession_number"], line["role"], line["person"], tuple(line["codes"])) for line in lines}


def test_page_lists_exactly_what_the_command_prints(client, scene):
    found = rows(client.get(reverse("reports:qualified"), PERIOD))
    assert found == command(since="2026-10-01", until="2026-12-31")
    assert {(number, role) for number, role, *_ in found} == {
        ("OLD", "signer"),
        ("A13", "operator"),
        ("A14", "signer"),
        ("A14", "operator"),
        ("A16", "operator"),
        ("A17", "signer"),
        ("A17", "operator"),
    }


def test_counts_of_the_page_are_those_of_its_rows(client, scene):
    page = client.get(reverse("reports:qualified"), PERIOD)
    assert page.context["counts"].reports == page.context["page"].count == 5
    assert {role: count for role, _, count in page.context["roles"]} == {"signer": 3, "operator": 4}
    assert {code: count for code, _, count in page.context["codes"]} == {
        "4.3a/training-missing": 2,
        "4.3a/training-expired": 2,
        "4.3b/equipment-training": 1,
        "4.4/licence-missing": 1,
        "4.4/residency-stage-one": 2,
    }


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"role": "signer"}, {("OLD", "signer"), ("A14", "signer"), ("A17", "signer")}),
        ({"code": "4.4/residency-stage-one"}, {("OLD", "signer"), ("A14", "signer")}),
        ({"code": "4.3a/training-expired"}, {("A13", "operator"), ("A16", "operator")}),
        ({"since": "2026-10-14", "until": "2026-10-14"}, {("A14", "signer"), ("A14", "operator")}),
        ({"since": "2026-10-16", "until": "2026-10-13", "role": "operator"},
         {("A13", "operator"), ("A14", "operator"), ("A16", "operator")}),
        ({"role": "x", "code": "y", "member": "²", "since": "²"}, None),
    ],
)  # fmt: skip
def test_page_narrows_by_role_code_and_period(client, scene, query, found):
    shown = rows(client.get(reverse("reports:qualified"), PERIOD | query))
    if found is None:
        found = {line[:2] for line in rows(client.get(reverse("reports:qualified"), PERIOD))}
    assert {line[:2] for line in shown} == found


def test_page_narrows_by_person_and_opens_person_and_report(client, scene, department):
    late = department.members.get(staff_number="D02")
    page = client.get(reverse("reports:qualified"), PERIOD | {"member": late.pk})
    assert {line[:2] for line in rows(page)} == {("OLD", "signer"), ("A14", "signer")}
    text = page.content.decode()
    report = Report.objects.get(department=department, accession_number="A14")
    assert reverse("register:member", args=[late.pk]) in text
    assert reverse("reports:detail", args=[report.pk]) in text
    assert "审核丁(D02)" in text


def test_page_shows_the_current_quarter_when_no_period_is_asked_for(client, scene):
    asked = client.get(reverse("reports:qualified")).context["asked"]
    assert asked.since.day == 1
    assert asked.since.month in (1, 4, 7, 10)
    assert (asked.until - asked.since).days in (89, 90, 91)


def test_page_of_another_department_lists_its_own_only(scene, other_department):
    foreign = people.person("foreign", "邻县甲", "qc_officer", other_department)
    make_member(other_department, "D1", "甲", "physician")
    browser = Client()
    browser.force_login(foreign, backend="django.contrib.auth.backends.ModelBackend")
    found = rows(browser.get(reverse("reports:qualified"), PERIOD))
    assert {line[0] for line in found} == {"THEIRS"}


def test_page_with_three_exceptions_costs_the_queries_of_one(client, department, count_queries):
    qualified_physician(department, "D01", "审核乙")
    qualified_technologist(department, "J01", "技师丙", trained_on=date(2024, 10, 1))
    make_report(department, "A12", **at(12))
    url = reverse("reports:qualified")
    client.get(url, PERIOD)
    one = count_queries(lambda: client.get(url, PERIOD))
    make_report(department, "A13", **at(13))
    make_report(department, "A14", **at(14))
    assert count_queries(lambda: client.get(url, PERIOD)) == one


def test_page_as_workbook_has_a_line_for_each_exception(client, scene):
    content = client.get(
        reverse("reports:qualified"), PERIOD | {"export": "xlsx", "purpose": "年度资质审核"}
    ).content
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    lines = list(sheet.iter_rows(min_row=2, values_only=True))
    roles = {"签发医师": "signer", "操作技师": "operator"}
    listed = {(line[0], roles[line[2]], line[3]) for line in lines}
    assert listed == {line[:3] for line in command(since="2026-10-01", until="2026-12-31")}
    assert {line[7] for line in lines} == {"不合资质", "无法确认"}


def test_page_shows_the_faults_of_4_5_apart(client, department):
    qualified_physician(department, "D01", "审核乙")
    make_report(department, "A1", signature_method="手写签名", **at(12))
    make_report(department, "A2", signature_method="打印", **at(13))
    edited = {"last_modified_by": "改动者", "last_modified_at": datetime(2026, 10, 20, 9)}
    make_report(department, "A3", signed_by="审核乙", modification_kind="内容修改", **edited, **at(14))
    page = client.get(reverse("reports:qualified"), PERIOD | {"part": "signature"})
    assert [row.record.accession_number for row in page.context["table"].rows] == ["A3", "A2"]
    assert {code: count for code, _, count in page.context["signature_codes"]} == {
        "4.5/not-signed": 1,
        "4.5/signer-not-last-editor": 1,
    }
    one = client.get(reverse("reports:qualified"), PERIOD | {"part": "signature", "code": "4.5/not-signed"})
    assert [row.record.accession_number for row in one.context["table"].rows] == ["A2"]


def test_institution_below_the_secondary_level_is_advised_not_faulted(client, scene, department):
    department.institution.level = "other"
    department.institution.save()
    text = client.get(reverse("reports:qualified"), PERIOD).content.decode()
    assert ("参照执行" in text, "不合资质" in text) == (True, False)


def test_page_with_the_shared_register_lists_exactly_the_pairs_of_its_key(client, department):
    for name, take in (("staff.xlsx", take_register), ("clean.xlsx", take_reports)):
        take(department, (RIS / name).read_bytes(), name)
    key = json.loads((RIS / "staff_key.json").read_text(encoding="utf-8"))["violations"]
    roles = {"signing_physician": "signer", "operator": "operator"}
    wanted = {(v["accession"], roles[v["role"]], v["person"], v["code"]) for v in key}
    asked = {"since": "2025-01-01", "until": "2025-12-31", "per_page": 100}
    found = rows(client.get(reverse("reports:qualified"), asked))
    assert {(number, role, who, code) for number, role, who, codes in found for code in codes} == wanted
