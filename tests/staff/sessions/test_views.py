"""Own sessions: seen, ended, deleted when over."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_q.models import Schedule

from staff.sessions.actions import delete_over, schedule_sessions
from staff.sessions.models import StoredSession
from tests.people import PASSWORD
from trail.models import Event

pytestmark = pytest.mark.django_db

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"


def browser(username, agent=FIREFOX, ip="10.0.0.7"):
    """Signed in, and past the first page."""
    client = Client(headers={"User-Agent": agent}, REMOTE_ADDR=ip)
    client.post(reverse("login"), {"username": username, "password": PASSWORD})
    client.get(reverse("sessions"))
    return client


def shown(client):
    rows = client.get(reverse("sessions")).context["sessions"]
    return [(row.device, row.ip, row.is_current) for row in rows]


def is_in(client):
    return client.get(reverse("sessions")).status_code == 200


def test_sessions_are_the_own_ones_the_present_one_first(officer, head):
    other = browser("officer", agent="", ip="10.0.0.8")
    here = browser("officer")
    browser("head")
    assert shown(here) == [("Firefox · Linux", "10.0.0.7", True), ("未知设备", "10.0.0.8", False)]
    assert [row[2] for row in shown(other)] == [True, False]
    row = here.get(reverse("sessions")).context["sessions"][0]
    assert timezone.now() - row.started_at < timedelta(minutes=1)
    assert timezone.now() - row.seen_at < timedelta(minutes=1)


def test_key_of_a_session_is_on_no_page(officer):
    other, here = browser("officer"), browser("officer")
    page = here.get(reverse("sessions")).content.decode()
    assert other.session.session_key not in page
    assert here.session.session_key not in page


def test_one_session_is_ended_and_the_others_go_on(officer):
    first, second, here = (browser("officer", ip=f"10.0.0.{n}") for n in (1, 2, 3))
    rows = here.get(reverse("sessions")).context["sessions"]
    name = next(row.name for row in rows if row.ip == "10.0.0.1")
    here.post(reverse("sessions_end"), {"session": name})
    assert [is_in(one) for one in (first, second, here)] == [False, True, True]
    detail = Event.objects.get(action="staff.session_end").detail
    assert detail == {"devices": ["Firefox · Linux 10.0.0.1"]}


def test_all_others_are_ended_and_the_present_one_goes_on(officer, head):
    first, second, here, foreign = (browser(name) for name in ("officer", "officer", "officer", "head"))
    here.post(reverse("sessions_end"))
    assert [is_in(one) for one in (first, second, here, foreign)] == [False, False, True, True]


def test_session_of_another_person_cannot_be_ended(officer, head):
    here, foreign = browser("officer"), browser("head")
    name = foreign.get(reverse("sessions")).context["sessions"][0].name
    here.post(reverse("sessions_end"), {"session": name})
    assert is_in(foreign)
    assert not Event.objects.filter(action="staff.session_end").exists()


def test_session_ended_by_a_new_password_or_idle_is_not_shown(officer):
    browser("officer")
    here = browser("officer")
    officer.set_password("Brand-new-1")
    officer.save()
    assert not is_in(here)
    later = Client(headers={"User-Agent": FIREFOX})
    later.post(reverse("login"), {"username": "officer", "password": "Brand-new-1"})
    assert len(shown(later)) == 1
    StoredSession.objects.exclude(pk=later.session.session_key).update(seen_at=timezone.now())
    assert len(shown(later)) == 1


def test_sessions_page_with_one_and_three_asks_equally_often(officer, count_queries):
    here = browser("officer")
    one = count_queries(lambda: here.get(reverse("sessions")))
    browser("officer")
    browser("officer")
    assert count_queries(lambda: here.get(reverse("sessions"))) == one


def test_sessions_that_are_over_are_deleted(officer):
    expired, old, present = (browser("officer") for _ in range(3))
    now = timezone.now()
    rows = StoredSession.objects.filter
    rows(pk=expired.session.session_key).update(expire_date=now - timedelta(seconds=1))
    rows(pk=old.session.session_key).update(started_at=now - timedelta(hours=12, seconds=1))
    assert delete_over() == 2
    assert list(StoredSession.objects.values_list("pk", flat=True)) == [present.session.session_key]


def test_deletion_is_scheduled_once():
    for _ in range(2):
        schedule_sessions()
    assert Schedule.objects.get(name="过期登录清理").func == "staff.sessions.actions.delete_over"
