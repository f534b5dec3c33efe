"""The end of the session is stated on each page and in each answer, and postponed by a request of its own."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from staff.sign_in.middleware import SEEN, STARTED
from trail.models import Event

pytestmark = pytest.mark.django_db
PAGE = reverse("standards:clauses")


def left_after(client, *, seen_minutes=0, started_hours=0.0):
    session = client.session
    now = timezone.now()
    session[SEEN] = (now - timedelta(minutes=seen_minutes)).timestamp()
    session[STARTED] = (now - timedelta(hours=started_hours)).timestamp()
    session.save()
    answer = client.get(PAGE)
    return answer, answer.headers.get("X-Session-Left", "")


def test_page_states_the_idle_limit_which_its_own_request_has_just_renewed(sign_in, officer):
    answer, header = left_after(sign_in(officer), seen_minutes=20)
    assert header in ("1799 idle", "1800 idle")
    assert 'data-session-end="idle"' in answer.content.decode()
    assert f'data-extend-url="{reverse("session_extend")}"' in answer.content.decode()


def test_page_within_the_same_minute_states_what_is_really_left(sign_in, officer):
    _, header = left_after(sign_in(officer), seen_minutes=0.75)
    assert 1750 <= int(header.split()[0]) <= 1755


def test_administrators_are_told_their_shorter_limit(sign_in, admin):
    assert int(left_after(sign_in(admin))[1].split()[0]) in range(895, 901)


def test_absolute_limit_is_told_when_it_comes_first(sign_in, officer):
    _, header = left_after(sign_in(officer), started_hours=11.95)
    assert header.split()[1] == "long"
    assert int(header.split()[0]) in range(175, 181)


def test_extending_touches_the_session_only(sign_in, officer):
    client = sign_in(officer)
    left_after(client, seen_minutes=0.9)
    events, before = Event.objects.count(), client.session[SEEN]
    started = client.session[STARTED]
    answer = client.post(reverse("session_extend"))
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["X-Session-Left"] in ("1799 idle", "1800 idle")
    assert client.session[SEEN] > before
    assert (client.session[STARTED], Event.objects.count()) == (started, events)


def test_session_that_has_ended_is_not_extended(sign_in, officer):
    client = sign_in(officer)
    session = client.session
    session[SEEN] = (timezone.now() - timedelta(minutes=31)).timestamp()
    session.save()
    assert client.post(reverse("session_extend")).status_code == 302
    assert client.get(PAGE).status_code == 302


def test_page_of_nobody_states_no_end(client):
    assert "X-Session-Left" not in client.get(reverse("login")).headers


def test_session_is_extended_while_the_password_must_be_changed_first(sign_in, officer):
    officer.must_change_password = True
    officer.save()
    assert sign_in(officer).post(reverse("session_extend")).status_code == 204
