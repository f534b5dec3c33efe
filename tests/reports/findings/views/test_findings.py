"""文本检查: the list, its counts and workbook, the margin of a report, and the queue of what waits."""

import io
from datetime import datetime

import openpyxl
import pytest
from django.urls import reverse

from reports.findings.models import RuleStanding
from tests.factories import make_report
from tests.reports.findings.factories import NO_TISSUE, PLACEHOLDER, make_finding, post_ruling
from trail.models import Event

pytestmark = pytest.mark.django_db
LIST = "reports:findings"
NEXT = "reports:finding_next"


def seen(response):
    return [(row.report.accession_number, row.code) for row in response.context["table"].data.data]


def at(day, month=10):
    return datetime(2026, month, day, 11)


@pytest.fixture
def three(department):
    """Three reports of two physicians and two months, one finding each."""
    first = make_report(department, "A1", reported_at=at(1, 9), modality="MRI")
    second = make_report(department, "A2", reported_at=at(2), reporting_physician="别人")
    third = make_report(department, "A3", reported_at=at(3), reporting_physician="别人")
    return [
        make_finding(first, "结节"),
        make_finding(second, "结节", code=PLACEHOLDER, clause="6.1.1", severity="violation"),
        make_finding(third, severity="note"),
    ]


def test_finding_list_shows_own_departments_newest_first(sign_in, officer, three, other_department):
    make_finding(make_report(other_department, "THEIRS"), "结节")
    found = seen(sign_in(officer).get(reverse(LIST)))
    assert found == [("A3", NO_TISSUE), ("A2", PLACEHOLDER), ("A1", NO_TISSUE)]


def test_finding_list_asked_by_member_shows_what_they_wrote_not_what_they_operated(
    sign_in, member, department, three
):
    make_finding(make_report(department, "OPERATED", reporting_physician="别人", operator="书写甲"), "结节")
    assert seen(sign_in(member).get(reverse(LIST))) == [("A1", NO_TISSUE)]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"code": PLACEHOLDER}, ["A2"]),
        ({"clause": "6.1"}, ["A2"]),
        ({"clause": "6.4.3"}, ["A3", "A1"]),
        ({"clause": "6.4.3.22"}, []),
        ({"severity": "binding"}, ["A2", "A1"]),
        ({"severity": "note"}, ["A3"]),
        ({"state": "open"}, ["A3", "A2", "A1"]),
        ({"state": "confirmed"}, []),
        ({"physician": "书写甲"}, ["A1"]),
        ({"modality": "MRI"}, ["A1"]),
        ({"since": "2026-10-02", "until": "2026-10-02"}, ["A2"]),
        ({"code": "no/such", "since": "x"}, ["A3", "A2", "A1"]),
    ],
)
def test_finding_list_narrowed_by_one_filter_shows_what_fits(sign_in, officer, three, query, found):
    assert [number for number, _ in seen(sign_in(officer).get(reverse(LIST), query))] == found


def test_finding_list_leaves_out_dismissed_and_past_ones_until_asked(sign_in, officer, three, department):
    first, second, _ = three
    post_ruling(sign_in(officer), first, "dismiss")
    second.is_current = False
    second.save()
    client = sign_in(officer)
    assert [n for n, _ in seen(client.get(reverse(LIST)))] == ["A3"]
    assert [n for n, _ in seen(client.get(reverse(LIST), {"state": "dismissed"}))] == ["A1"]
    assert [n for n, _ in seen(client.get(reverse(LIST), {"state": "all"}))] == ["A3", "A1"]
    assert [n for n, _ in seen(client.get(reverse(LIST), {"state": "judged"}))] == ["A1"]
    later = datetime(2030, 1, 1).astimezone()
    RuleStanding.objects.create(
        department=department,
        code=NO_TISSUE,
        demoted_to_note=False,
        since=later,
        confirmed=0,
        judged=20,
        restored_by=officer,
        restored_at=later,
        restored_reason="词表已修正",
    )
    assert seen(client.get(reverse(LIST), {"state": "judged"})) == []


def test_finding_list_with_one_and_three_rows_asks_equally_often(
    sign_in, officer, department, django_assert_max_num_queries, django_assert_num_queries
):
    client = sign_in(officer)
    make_finding(make_report(department, "A1"), "结节")
    client.get(reverse(LIST))
    with django_assert_max_num_queries(15) as asked:
        client.get(reverse(LIST))
    for number in ("A2", "A3"):
        make_finding(make_report(department, number), "结节")
    with django_assert_num_queries(len(asked.captured_queries)):
        client.get(reverse(LIST))


@pytest.mark.parametrize("by", ["code", "physician", "month"])
def test_finding_counts_with_one_and_three_rows_ask_equally_often(
    sign_in, officer, department, django_assert_num_queries, count_queries, by
):
    client = sign_in(officer)
    make_finding(make_report(department, "A1"), "结节")
    client.get(reverse(LIST), {"by": by})
    once = count_queries(lambda: client.get(reverse(LIST), {"by": by}))
    make_finding(make_report(department, "A2", reporting_physician="乙", reported_at=at(1, 9)), "结节")
    make_finding(make_report(department, "A3", reporting_physician="丙"), code=PLACEHOLDER, clause="6.1.1")
    with django_assert_num_queries(once):
        client.get(reverse(LIST), {"by": by})


@pytest.mark.parametrize(
    ("by", "lines"),
    [
        ("code", [("密度或信号未指定参照组织", 2, (0, 1, 1), 2), ("模板残留", 1, (1, 0, 0), 1)]),
        ("physician", [("别人", 2, (1, 0, 1), 2), ("书写甲", 1, (0, 1, 0), 1)]),
        ("month", [("2026-10", 2, (1, 0, 1), 2), ("2026-09", 1, (0, 1, 0), 1)]),
    ],
)
def test_finding_counts_are_of_the_rows_and_each_opens_to_them(sign_in, officer, three, by, lines):
    client = sign_in(officer)
    counted = client.get(reverse(LIST), {"by": by}).context["counted"]
    found = [
        (line.label, line.total.count, tuple(cell.count for cell in line.severities), line.open.count)
        for line in counted.lines
    ]
    assert found == lines
    for line in counted.lines:
        for cell in (line.total, *line.severities, line.open):
            if cell.count:
                assert len(seen(client.get(f"{reverse(LIST)}?{cell.query}"))) == cell.count
                assert "physician" not in cell.query


def test_member_is_offered_no_count_by_physician(sign_in, member, three):
    response = sign_in(member).get(reverse(LIST), {"by": "physician"})
    assert "按医师" not in response.content.decode()
    assert "counted" not in response.context


def test_finding_list_as_workbook_is_recorded_and_masked(sign_in, officer, department):
    report = make_report(department, "A1", findings="受检甲右肺结节。")
    make_finding(report, "受检甲右肺", message="“受检甲右肺”写了姓名。")
    response = sign_in(officer).get(reverse(LIST), {"export": "xlsx"})
    sheet = openpyxl.load_workbook(io.BytesIO(response.content)).worksheets[0]
    assert [cell.value for cell in sheet[2]][7:9] == ["受**右肺", "“受**右肺”写了姓名。"]
    assert Event.objects.get(action="reports.export_findings").detail["rows"] == 1


def test_finding_list_empty_says_what_comes_next(sign_in, officer):
    text = sign_in(officer).get(reverse(LIST)).content.decode()
    assert "报告导入后自动检查" in text
    assert "开始核对" not in text


def test_finding_list_asked_by_htmx_answers_with_the_rows_alone(sign_in, officer, three):
    body = sign_in(officer).get(reverse(LIST), headers={"HX-Request": "true"}).content.decode()
    assert "A1" in body
    assert "<html" not in body


# --- the queue -------------------------------------------------------------------------------------


def test_queue_goes_through_what_waits_and_round_again(sign_in, officer, three, department):
    first, second, note = three
    untimed = make_finding(make_report(department, "A4", reported_at=None), "结节")
    client = sign_in(officer)

    def after(finding=None, **query):
        query |= {"after": finding.pk} if finding else {}
        return client.get(reverse(NEXT), query)["Location"]

    def place(finding, query=""):
        return f"{reverse('reports:detail', args=[finding.report_id])}?{query}#finding-{finding.pk}"

    assert after() == place(second)  # the note waits for nobody unless it is asked for
    assert after(second) == place(first)
    assert after(first) == place(untimed)
    assert after(untimed) == place(second)
    assert after(severity="note") == place(note, "severity=note")
    post_ruling(client, second, "confirm")
    assert after() == place(first)


def test_queue_comes_to_the_first_finding_in_the_text(sign_in, officer, department):
    report = make_report(department)
    make_finding(report, "边界")
    first = make_finding(report, "右肺")
    assert sign_in(officer).get(reverse(NEXT))["Location"].endswith(f"#finding-{first.pk}")


def test_queue_that_is_empty_leads_back_to_the_list(sign_in, officer, three):
    response = sign_in(officer).get(reverse(NEXT), {"state": "open", "physician": "无此人"})
    assert response["Location"].startswith(reverse(LIST))
    assert "都已核对" in sign_in(officer).get(response["Location"]).content.decode()


def test_queue_leads_to_no_other_department(sign_in, officer, other_department):
    make_finding(make_report(other_department, "THEIRS"), "结节")
    assert sign_in(officer).get(reverse(NEXT))["Location"].startswith(reverse(LIST))
