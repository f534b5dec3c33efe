"""疑难病例讨论、MDT读片会: entered, corrected with the old words in the trail, struck; minutes kept."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from audits.conferences.actions import CaseValues, cancel_conference, change_conference, values_of
from audits.conferences.models import Conference
from audits.conflicts import ConflictError, RefusedError
from tests.audits.follow_up.factories import (
    EXAMINED_AT,
    HELD_ON,
    conference_values,
    make_conference,
    make_minutes,
)
from tests.factories import make_report
from tests.scans import PDF
from tests.staff.factories import make_member
from trail.models import Event

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def report(department):
    return make_report(department, "K1", examined_at=EXAMINED_AT)


def test_conference_entered_reads_back_as_it_was_given_but_for_the_patient(department, report, officer):
    member = make_member(department, "D01", "周测衡", "physician")
    values = conference_values([report], members=(member,), title="受**的讨论")
    found = make_conference(department, [report], by=officer, members=(member,), title="受检甲的讨论")
    assert values_of(Conference.objects.get()) == values
    assert Event.objects.get(action="audits.add_conference").detail == {
        "conference": "疑难病例讨论",
        "held_on": "2026-09-18",
        "topic": "受**的讨论",
        "cases": [report.pk],
        "participants": 2,
    }
    assert (found.created_by, found.version) == (officer, 1)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"held_on": date(2099, 1, 1)}, "尚未到来"),
        ({"cases": ()}, "至少登记一例"),
        ({"guests": ()}, "登记参加人员"),
    ],
)
def test_conference_that_lacks_what_a_record_needs_is_refused(department, report, officer, more, words):
    with pytest.raises(RefusedError, match=words):
        make_conference(department, [report], by=officer, **more)
    assert Conference.objects.count() == 0


def test_conference_on_a_case_examined_after_its_day_is_refused_and_on_the_same_day_is_not(
    department, report, officer
):
    late = make_report(department, "K2", examined_at=datetime(2026, 9, 19, 0, 5))
    with pytest.raises(RefusedError, match="晚于会议日期2026-09-18，不可能在会上讨论：K2（2026-09-19）"):
        make_conference(department, [report, late], by=officer, held_on=HELD_ON)
    found = make_conference(department, [report, late], by=officer, held_on=date(2026, 9, 19))
    with pytest.raises(RefusedError, match="不可能在会上讨论：K2"):
        change_conference(
            found, conference_values([report, late], held_on=HELD_ON), version=found.version, by=officer
        )
    assert Conference.objects.get().held_on == date(2026, 9, 19)


def test_conference_with_a_report_twice_or_of_another_department_is_refused(
    department, other_department, report, officer
):
    with pytest.raises(RefusedError, match="K1 登记了两次"):
        make_conference(department, [report, report], by=officer)
    with pytest.raises(RefusedError, match="不属于本科室"):
        make_conference(
            department, [make_report(other_department, "K9", examined_at=EXAMINED_AT)], by=officer
        )
    with pytest.raises(RefusedError, match="没有讨论结论"):
        make_conference(department, [], by=officer, cases=(CaseValues(report, "定性", " "),))
    stranger = make_member(other_department, "D09", "邻县甲", "physician")
    with pytest.raises(RefusedError, match="不属于本科室的人员登记"):
        make_conference(department, [report], by=officer, members=(stranger,))


def test_conference_corrected_keeps_the_old_words_in_the_trail_without_the_patient(
    department, report, officer
):
    found = make_conference(department, [report], by=officer)
    typed = CaseValues(report, "定性", "受检甲考虑肺癌。")
    new = conference_values([report], title="更正的议题", cases=(typed,))
    found = change_conference(found, new, version=1, by=officer)
    new = replace(new, cases=(replace(typed, conclusion="受**考虑肺癌。"),))
    assert (values_of(found), found.version) == (new, 2)
    assert Event.objects.get(action="audits.change_conference").detail == {
        "changed": {
            "topic": ["九月疑难病例讨论", "更正的议题"],
            "cases": ["K1（定性）：考虑错构瘤。", "K1（定性）：受**考虑肺癌。"],
        }
    }
    with pytest.raises(RefusedError, match="没有任何改动"):
        change_conference(found, new, version=2, by=officer)
    with pytest.raises(ConflictError):
        change_conference(found, conference_values([report]), version=1, by=officer)


def test_conference_struck_stays_with_its_reason_and_counts_no_more(department, report, officer):
    found = make_conference(department, [report], by=officer)
    make_conference(department, [report], by=officer, held_on=HELD_ON - timedelta(30))
    with pytest.raises(RefusedError, match="写明理由"):
        cancel_conference(found, reason="", version=1, by=officer)
    found = cancel_conference(found, reason="登记两次", version=1, by=officer)
    assert (found.cancelled_by, found.cancelled_reason) == (officer, "登记两次")
    kept = Conference.objects.held_between(HELD_ON - timedelta(30), HELD_ON)
    assert [one.held_on for one in kept] == [HELD_ON - timedelta(30)]
    assert Conference.objects.count() == 2
    with pytest.raises(RefusedError, match="已作废"):
        change_conference(found, conference_values([report], title="改"), version=2, by=officer)
    with pytest.raises(RefusedError, match="已作废"):
        make_minutes(found, by=officer)


def test_conferences_of_a_period_include_both_its_days(department, report):
    make_conference(department, [report])
    kept = Conference.objects.held_between
    assert kept(HELD_ON, HELD_ON).count() == 1
    assert kept(HELD_ON + timedelta(1), timezone.localdate()).count() == 0
    assert kept(HELD_ON - timedelta(9), HELD_ON - timedelta(1)).count() == 0


def test_minutes_of_a_second_upload_stand_before_the_first_which_stays(department, report, officer):
    found = make_conference(department, [report])
    first = make_minutes(found, by=officer)
    second = make_minutes(found, by=officer, content=PDF + b"\n")
    assert list(found.files.all()) == [second, first]
    assert "会议记录" not in first.file.name
    with pytest.raises(RefusedError, match="已经上传过"):
        make_minutes(found, by=officer)
    shas = Event.objects.filter(action="audits.add_minutes").order_by("seq").values_list("detail", flat=True)
    assert [detail["sha256"] for detail in shas] == [first.sha256, second.sha256]
