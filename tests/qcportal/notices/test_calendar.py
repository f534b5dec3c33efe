"""The calendar of a person: a secret address, revocable, limited, without patients and out of the log."""

import logging
import re
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from qcportal.server.log_filter import HideCalendarAddress
from staff.notices.actions import CALENDAR_READS, make_calendar_address
from staff.notices.models import CalendarAddress
from staff.register.actions.qualifications import add_record
from tests.audits.monthly.factories import closed_month, open_measure
from tests.staff.factories import make_member
from trail.models import Event

pytestmark = pytest.mark.django_db


def feed(client, token):
    return client.get(reverse("calendar_feed", args=[token]))


def uids(answer):
    text = answer.content.decode().replace("\r\n ", "")
    return re.findall(r"UID:(.+)\r", text)


def with_record(department, number="J01"):
    found = make_member(department, number, "施工测", modalities=["MRI"])
    ends = timezone.localdate() + timedelta(days=100)
    values = {"type": "radiation_training", "issued_on": "2026-03-18", "organiser": "health"}
    add_record(found, values | {"valid_until": str(ends)}, by=None)
    return found


def test_address_is_shown_once_and_stored_as_a_hash(sign_in, officer):
    client = sign_in(officer)
    page = client.post(reverse("calendar_make")).content.decode()
    token = re.search(r"/calendar/([\w-]+)\.ics", page)[1]
    assert len(token) >= 43
    assert token not in client.get(reverse("notices")).content.decode()
    assert token not in str(list(CalendarAddress.objects.values()))
    assert token not in str(list(Event.objects.values_list("detail", flat=True)))


def test_feed_is_read_without_a_session_and_its_uids_stay_the_same(client, department, officer):
    with_record(department)
    token = make_calendar_address(by=officer)
    first, second = feed(client, token), feed(client, token)
    assert (first.status_code, first["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    assert "施工测" in first.content.decode().replace("\r\n ", "")
    assert uids(first) == uids(second) != []
    assert "sessionid" not in first.cookies


def test_member_reads_own_deadlines_only(client, department, officer, member):
    with_record(department)
    closed = closed_month(department, officer, month=date(2023, 7, 1), n=3, size=2, faulty=1)
    measure = open_measure(closed, officer, member)
    answer = feed(client, make_calendar_address(by=member))
    assert uids(answer) == [f"measure-{measure.pk}@qcportal"]
    assert measure.action not in answer.content.decode()
    assert "施工测" not in answer.content.decode()


def test_revoked_replaced_and_unknown_addresses_are_not_found(client, sign_in, officer):
    old = make_calendar_address(by=officer)
    new = make_calendar_address(by=officer)
    assert [feed(client, token).status_code for token in (old, new, "x")] == [404, 200, 404]
    assert sign_in(officer).post(reverse("calendar_revoke")).status_code == 302
    assert feed(client, new).status_code == 404


@pytest.mark.parametrize("change", [{"is_active": False}, {"expires_on": date(2020, 1, 1)}])
def test_account_that_is_disabled_or_has_ended_reads_nothing(client, officer, change):
    token = make_calendar_address(by=officer)
    type(officer).objects.filter(pk=officer.pk).update(**change)
    assert feed(client, token).status_code == 404


def test_role_that_was_taken_away_takes_its_deadlines_away(client, department, officer):
    with_record(department)
    token = make_calendar_address(by=officer)
    officer.role_grants.all().delete()
    assert uids(feed(client, token)) == []


def test_address_takes_no_other_method(client, officer):
    url = reverse("calendar_feed", args=[make_calendar_address(by=officer)])
    assert [getattr(client, name)(url).status_code for name in ("post", "put", "delete")] == [405] * 3


def test_too_many_reads_within_an_hour_are_refused(client, officer):
    token = make_calendar_address(by=officer)
    feed(client, token)
    CalendarAddress.objects.update(window_count=CALENDAR_READS)
    assert feed(client, token).status_code == 429
    CalendarAddress.objects.update(window_at=timezone.now() - timedelta(hours=2))
    assert feed(client, token).status_code == 200


def test_first_read_of_a_day_leaves_one_event(client, officer):
    token = make_calendar_address(by=officer)
    feed(client, token)
    feed(client, token)
    assert Event.objects.filter(action="staff.calendar_read", actor_id=officer.pk).count() == 1


def test_address_is_in_no_line_of_the_log(client, officer, caplog):
    token = make_calendar_address(by=officer)
    type(officer).objects.filter(pk=officer.pk).update(is_active=False)
    caplog.handler.addFilter(HideCalendarAddress())
    with caplog.at_level(logging.DEBUG):
        feed(client, token)
        client.post(reverse("calendar_feed", args=[token]))
    assert "Not Found: /calendar/***" in caplog.text
    assert token not in caplog.text
