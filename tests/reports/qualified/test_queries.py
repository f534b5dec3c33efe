"""For every report of a period: who was not qualified on the day, and what of 4.5 is not met."""

import json
from collections import Counter
from datetime import date, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from reports.archive.models import Report
from reports.imports.actions.files import take_file
from reports.qualified.queries.periods import QualifiedPeriod, exception_counts, exceptions
from reports.qualified.queries.signatures import SignedPeriod
from staff.departments.models import Institution
from staff.register.actions.imports import import_register
from staff.register.models import Member, Qualification
from tests.factories import make_report
from tests.paths import DATA
from tests.staff.registers import workbook

pytestmark = pytest.mark.django_db
RIS = DATA / "ris"
SCOPE = "医学影像和放射治疗专业"
PHYSICIANS = ["工号", "姓名", "医师资格证书编号", "医师执业证书编号", "执业范围", "第一阶段规培", "通过日期"]
TECHNOLOGISTS = ["工号", "姓名", "操作设备类别", "职称"]
TRAINING = ["工号", "姓名", "主办系统", "培训日期", "考核结果"]
EQUIPMENT = ["工号", "姓名", "设备类别", "培训日期"]


def register(department, *, physicians=(), technologists=(), training=(), equipment=()):
    sheets = {
        "医师": [PHYSICIANS, *physicians],
        "技师": [TECHNOLOGISTS, *technologists],
        "放射防护培训": [TRAINING, *training],
        "设备操作培训": [EQUIPMENT, *equipment],
    }
    tally = import_register(workbook(sheets), "r.xlsx", department=department, by=None)
    assert tally.refused == []


def physician(number, name, passed="2015-07-01"):
    return [number, name, f"C{number}", f"L{number}", SCOPE, "已通过", passed]


@pytest.fixture
def qualified_pair(department):
    """审核乙 may sign, 技师丙 may operate CT."""
    register(
        department,
        physicians=[physician("D1", "审核乙")],
        technologists=[["J1", "技师丙", "CT", "技师"]],
        training=[["J1", "技师丙", "卫生健康", "2026-01-10", "合格"]],
        equipment=[["J1", "技师丙", "CT", "2020-05-01"]],
    )


def lines(*words):
    out = StringIO()
    call_command("qualifications", *words, stdout=out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def told(department, **bounds):
    return [(e.report.accession_number, e.role, e.answer.codes) for e in exceptions(department, **bounds)]


@pytest.fixture
def shared(department):
    """The shared register and reports."""
    for name, taken in (("staff.xlsx", import_register), ("clean.xlsx", take_file)):
        data = (RIS / name).read_bytes()
        if taken is import_register:
            import_register(data, name, department=department, by=None)
        else:
            options = {"kind": "reports", "source": None, "mapping": None, "dry_run": False, "progress": None}
            take_file(data, name, department=department, by=None, **options)
    return department


def test_qualifications_shared_data_gives_exactly_the_pairs_of_the_key(shared):
    key = json.loads((RIS / "staff_key.json").read_text(encoding="utf-8"))["violations"]
    roles = {"signing_physician": "signer", "operator": "operator"}
    wanted = {(v["accession"], roles[v["role"]], v["person"], v["date"], v["code"]) for v in key}
    found = lines("--department", "RAD")
    pairs = [
        (f["accession_number"], f["role"], f["person"], f["on"], code) for f in found for code in f["codes"]
    ]
    assert set(pairs) == wanted
    assert len(pairs) == len(wanted)
    assert found == sorted(found, key=lambda f: (f["accession_number"], f["role"], f["person"]))


def test_qualified_period_pages_and_counts_say_the_same_as_the_stream(shared):
    period, streamed = QualifiedPeriod(shared), list(exceptions(shared))
    assert sorted(e.key for e in period.of(period.reports())) == sorted(e.key for e in streamed)
    counts = period.counts()
    assert counts.roles == Counter(e.role for e in streamed)
    assert counts.codes == Counter(code for e in streamed for code in e.answer.codes)
    assert counts.people == Counter((e.role, str(e.person)) for e in streamed)
    assert counts.reports == len({e.report.pk for e in streamed})


def test_qualified_period_filters_by_role_code_and_member(shared):
    period = QualifiedPeriod(shared)
    member = Member.objects.get(staff_number="J16")
    assert sorted(period.reports(member=member).values_list("accession_number", flat=True)) == [
        "99202507250013",
        "99202508310024",
    ]
    assert sorted(
        period.reports(code="4.3b/equipment-training").values_list("accession_number", flat=True)
    ) == ["S20250829MR033", "S20250926MR046"]
    assert period.reports(role="signer").count() == 17
    assert period.reports(role="signer", code="4.3b/equipment-training").count() == 0


def test_signed_period_shared_data_gives_the_five_faults_of_4_5(shared):
    period = SignedPeriod(shared)
    assert [
        (e.report.accession_number, e.code) for e in period.of(period.reports().order_by("accession_number"))
    ] == [
        ("99202508310024", "4.5/signer-not-last-editor"),
        ("99202509220032", "4.5/not-signed"),
        ("S20250805CT054", "4.5/signer-not-last-editor"),
        ("S20250829MR033", "4.5/not-signed"),
        ("S20250920CT104", "4.5/signed-before-last-edit"),
    ]
    assert period.counts() == {
        "4.5/signer-not-last-editor": 2,
        "4.5/not-signed": 2,
        "4.5/signed-before-last-edit": 1,
    }
    assert period.reports(code="4.5/not-signed").count() == 2


def test_exceptions_everybody_qualified_is_none(department, qualified_pair):
    make_report(department)
    assert told(department) == []


def test_exceptions_are_of_the_own_department_and_register(department, other_department, qualified_pair):
    make_report(other_department)
    assert told(department) == []
    assert [role for _, role, _ in told(other_department)] == ["signer", "operator"]


def test_exceptions_signer_is_asked_on_the_day_of_signing_else_of_completion(department, qualified_pair):
    Qualification.objects.filter(type="residency_stage_one").update(issued_on=date(2026, 10, 13))
    make_report(department, "A1", signed_at=datetime(2026, 10, 13, 0, 0))
    make_report(department, "A2", signed_at=datetime(2026, 10, 12, 23, 59, 59))
    make_report(department, "A3")
    assert sorted(told(department)) == [
        ("A2", "signer", ("4.4/residency-stage-one",)),
        ("A3", "signer", ("4.4/residency-stage-one",)),
    ]


def test_exceptions_operator_is_asked_on_the_day_of_examination(department, qualified_pair):
    make_report(department, "A1", examined_at=datetime(2028, 1, 10, 23, 59, 59))
    make_report(department, "A2", examined_at=datetime(2028, 1, 11, 0, 0))
    assert told(department) == [("A2", "operator", ("4.3a/training-expired",))]


def test_exceptions_unfinished_report_has_no_signer_and_a_missing_name_is_not_known(
    department, qualified_pair
):
    make_report(department, "A1", reviewing_physician="不明甲", report_status="待审核")
    make_report(department, "A2", operator=None)
    make_report(department, "A3", operator="")
    make_report(department, "A4", examined_at=None)
    assert told(department) == []


def test_exceptions_one_step_reporting_asks_the_writer(department, qualified_pair):
    make_report(department, "A1", reviewing_physician=None)
    assert told(department) == []
    department.one_step_reporting = True
    assert told(department) == [("A1", "signer", ("4.4/licence-missing",))]


def test_exceptions_everybody_named_is_asked(department, qualified_pair):
    make_report(department, "A1", operator="技师丙/技师丁")
    found = list(exceptions(department))
    assert [(str(e.person), e.answer.codes) for e in found] == [
        ("技师丁", ("4.3a/training-missing", "4.3b/equipment-training"))
    ]


def test_exceptions_same_name_is_told_apart_by_number(department):
    register(
        department,
        physicians=[physician("D1", "王测"), physician("D2", "王测", passed="2026-11-20")],
    )
    for accession, signer in (("A1", "王测(D1)"), ("A2", "王测（D2）"), ("A3", "王测")):
        make_report(department, accession, signed_by=signer, operator=None)
    found = {e.report.accession_number: e.answer for e in exceptions(department)}
    assert {accession: answer.qualified for accession, answer in found.items()} == {"A2": False, "A3": None}
    assert [reason.why for reason in found["A3"].reasons] == ["ambiguous"]


def test_exceptions_record_waiting_for_approval_does_not_count(department, qualified_pair):
    Qualification.objects.filter(type="equipment_training").update(state="submitted", decided_at=None)
    make_report(department)
    assert told(department) == [("A0001", "operator", ("4.3b/equipment-training",))]


def test_exceptions_below_secondary_level_advise(department, qualified_pair):
    Institution.objects.update(level="other")
    department.institution.refresh_from_db()
    make_report(department, operator="不明甲")
    assert [line["advisory"] for line in lines("--department", "RAD")] == [True]
    assert exception_counts(department).advisory


def test_qualifications_since_and_until_both_days_included(department):
    for accession, day in (("A1", 1), ("A2", 2), ("A3", 3)):
        make_report(department, accession, reported_at=datetime(2026, 10, day, 12, 0), operator=None)
    bounds = ("--since", "2026-10-02", "--until", "2026-10-02")
    assert [line["accession_number"] for line in lines("--department", "RAD", *bounds)] == ["A2"]


@pytest.mark.parametrize(
    "words",
    [
        ("--department", "NONE"),
        ("--department", "RAD", "--since", "2026-13-01"),
        ("--department", "RAD", "--since", "2026-10-02", "--until", "2026-10-01"),
    ],
)
def test_qualifications_what_cannot_be_asked_is_exit_2(department, words):
    with pytest.raises(CommandError) as caught:
        lines(*words)
    assert caught.value.returncode == 2


def test_qualified_period_more_stretches_than_one_condition_holds_are_all_found(department, monkeypatch):
    monkeypatch.setattr("reports.qualified.queries.failing.MOST_TERMS", 2)
    people = [[f"J{i}", f"技{i}", "CT", "技师"] for i in range(7)]
    register(
        department,
        technologists=people,
        training=[[n, name, "卫生健康", "2026-01-01", "合格"] for n, name, *_ in people],
        equipment=[[n, name, "CT", "2026-02-01"] for n, name, *_ in people],
    )
    for number, name, *_ in people:
        for day in (31, 32):
            at = datetime(2026, 1, 1) + timedelta(days=day - 1)
            make_report(
                department, f"{number}-{day}", operator=name, examined_at=at, reviewing_physician=None
            )
    period = QualifiedPeriod(department)
    expected = sorted(f"J{i}-31" for i in range(7))
    assert sorted(period.reports().values_list("accession_number", flat=True)) == expected
    assert period.counts().codes == {"4.3b/equipment-training": 7}


def test_qualified_period_queries_do_not_grow_with_people_and_reports(department, count_queries):
    def look():
        period = QualifiedPeriod(department)
        period.counts()
        list(period.of(period.reports().order_by("-reported_at", "-id")[:25]))

    def add(number):
        register(department, technologists=[[f"J{number}", f"技{number}", "CT", "技师"]])
        at = timezone.make_naive(timezone.now())
        make_report(department, f"A{number}", operator=f"技{number}", examined_at=at)

    add(1)
    few = count_queries(look)
    for number in range(2, 12):
        add(number)
    assert count_queries(look) == few
    assert Report.objects.count() == 11
