"""The daily digest: once a day for each person for whom something waits, counts and links only."""

import json
import threading
from datetime import date
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.core import mail
from django.urls import reverse

from qcportal.notices.digest import run_daily, schedule_digests, send_digests
from staff.notices.actions import choose_notices
from tests.audits.factories import assigned_audit
from trail.models import Event

pytestmark = pytest.mark.django_db
DAY, NEXT = date(2026, 12, 1), date(2026, 12, 2)
BASE = "https://qc.hospital.example"


@pytest.fixture(autouse=True)
def _no_mail_server(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"


@pytest.fixture
def mails(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.QC_BASE_URL = BASE
    return mail.outbox


@pytest.fixture
def hook(settings):
    """A server that stores what it is sent, and answers with `answer`."""
    received = []

    class Handler(BaseHTTPRequestHandler):
        answer = 204

        def do_POST(self):
            length = int(self.headers["Content-Length"])
            received.append((self.headers["Content-Type"], json.loads(self.rfile.read(length))))
            self.send_response(Handler.answer)
            self.end_headers()

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.QC_WEBHOOK_URL = f"http://127.0.0.1:{server.server_port}/"
    settings.QC_BASE_URL = BASE
    received_handler = Handler
    yield received, received_handler
    server.shutdown()
    server.server_close()


@pytest.fixture
def waiting(department, assessor, head):
    """Ten cases wait for the assessor, nothing for the head; both have an address."""
    for user in (assessor, head):
        choose_notices(user, email=f"{user.username}@h.example", digest=True, by=user)
        user.refresh_from_db()
    assigned_audit(department, [assessor])
    return assessor


def digests():
    rows = Event.objects.filter(action="staff.digest").order_by("seq")
    return list(rows.values_list("target_id", "detail"))


def test_digest_goes_once_a_day_to_whom_something_waits_for(waiting, mails):
    assert [send_digests(DAY), send_digests(DAY), send_digests(NEXT)] == [1, 0, 1]
    assert [message.to for message in mails] == [["assessor@h.example"]] * 2
    assert mails[0].subject == "质控平台待办提醒：10 项（2026-12-01）"
    address = BASE + reverse("waiting_at", args=["audits:my_reviews"])
    assert f"待评审病例：10 项  {address}" in mails[0].body
    assert "受检" not in mails[0].body
    detail = {"rows": 10, "by_mail": True, "by_webhook": False}
    assert digests() == [(str(waiting.pk), detail)] * 2


def test_nothing_is_sent_without_a_server_or_a_webhook(waiting):
    assert (send_digests(DAY), digests(), mail.outbox) == (0, [], [])


def test_nothing_is_sent_while_nothing_waits(head, mails):
    choose_notices(head, email="head@h.example", digest=True, by=head)
    assert (send_digests(DAY), mails, digests()) == (0, [], [])


def test_person_who_said_no_gets_none(waiting, mails):
    choose_notices(waiting, email="assessor@h.example", digest=False, by=waiting)
    assert (send_digests(DAY), mails) == (0, [])


def test_person_without_an_address_gets_no_mail(waiting, mails):
    choose_notices(waiting, email="", digest=True, by=waiting)
    assert (send_digests(DAY), mails) == (0, [])


def test_disabled_account_gets_none(waiting, mails):
    waiting.is_active = False
    waiting.save()
    assert (send_digests(DAY), mails) == (0, [])


def test_webhook_gets_counts_and_links(waiting, hook):
    received, _ = hook
    assert send_digests(DAY) == 1
    kind, values = received[0]
    item = {
        "code": "reviews",
        "label": "待评审病例",
        "count": 10,
        "url": BASE + reverse("waiting_at", args=["audits:my_reviews"]),
    }
    assert kind == "application/json"
    assert values == {
        "user": "assessor",
        "date": "2026-12-01",
        "total": 10,
        "url": BASE + reverse("waiting"),
        "items": [item],
    }
    assert digests() == [(str(waiting.pk), {"rows": 10, "by_mail": False, "by_webhook": True})]


def test_digest_that_could_not_be_sent_is_tried_again(waiting, hook):
    received, handler = hook
    handler.answer = 500
    assert (send_digests(DAY), digests()) == (0, [])
    handler.answer = 204
    assert (send_digests(DAY), len(received)) == (1, 2)


def test_daily_job_is_scheduled_once(db):
    from django_q.models import Schedule

    schedule_digests()
    schedule_digests()
    rows = Schedule.objects.filter(name="每日待办提醒").values_list("func", "schedule_type")
    assert list(rows) == [("qcportal.notices.digest.run_daily", Schedule.DAILY)]
    assert run_daily() == 0


def test_own_page_stores_address_and_choice(sign_in, officer):
    client = sign_in(officer)
    assert "checked" in client.get(reverse("notices")).content.decode()
    assert client.post(reverse("notices"), {"email": "a@h.example"}).status_code == 302
    officer.refresh_from_db()
    assert (officer.email, officer.notice_setting.digest) == ("a@h.example", False)
    refused = client.post(reverse("notices"), {"email": "no address"})
    assert refused.status_code == 400
    officer.refresh_from_db()
    assert officer.email == "a@h.example"
