"""The reminder by mail: one a department, off until somebody names addresses, recorded without them."""

import io
import json
from datetime import timedelta

import pytest
from django.core.mail import get_connection
from django.core.management import CommandError, call_command
from django.utils import timezone

from staff.register.actions.reminding import remind
from tests.staff.factories import make_member, make_record
from trail.models import Event

pytestmark = pytest.mark.django_db


@pytest.fixture
def ending(department):
    one = make_member(department, "D01", "审核乙", "physician")
    for left in (-3, 10, 90):
        make_record(
            one,
            "electronic_signature",
            number=f"C{left}",
            valid_until=timezone.localdate() + timedelta(days=left),
        )
    other = make_member(department, "D02", "审核丁", "physician")
    make_record(
        other, "electronic_signature", number="C", valid_until=timezone.localdate() + timedelta(days=10)
    )


def told(*arguments):
    out = io.StringIO()
    call_command("remind_qualifications", *arguments, stdout=out)
    return json.loads(out.getvalue())


def refused(*arguments) -> str:
    with pytest.raises(CommandError) as caught:
        call_command("remind_qualifications", *arguments, stdout=io.StringIO())
    assert caught.value.returncode == 2
    return str(caught.value)


def test_mail_is_sent_to_the_addresses_named_and_recorded_by_number(ending, department, mailoutbox):
    answer = told("--department", "RAD", "--to", "a@h.cn", "--to", "b@h.cn")
    assert answer == {"sent": [{"department": "RAD", "recipients": 2, "rows": 1}]}
    (mail,) = mailoutbox
    assert (mail.to, "审核丁(D02)" in mail.body, "审核乙" in mail.body) == (["a@h.cn", "b@h.cn"], True, False)
    event = Event.objects.get(action="staff.remind")
    assert (event.detail, event.department_id) == ({"recipients": 2, "rows": 1}, department.pk)


def test_addresses_of_the_settings_are_used_one_mail_a_department(
    ending, department, other_department, settings, mailoutbox
):
    one = make_member(other_department, "D1", "邻甲", "physician")
    make_record(one, "electronic_signature", number="C", valid_until=timezone.localdate())
    settings.QC_REMIND_TO = "RAD=a@h.cn; FAR=c@h.cn"
    assert [line["department"] for line in told()["sent"]] == ["RAD", "FAR"]
    assert [(mail.to, "邻甲" in mail.body) for mail in mailoutbox] == [
        (["a@h.cn"], False),
        (["c@h.cn"], True),
    ]


def test_nothing_is_sent_by_default(ending, mailoutbox):
    assert refused().startswith("没有收件地址，未发送邮件")
    assert mailoutbox == []


def test_nothing_is_sent_without_a_mail_server(ending, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    assert "没有设置邮件服务器" in refused("--department", "RAD", "--to", "a@h.cn")
    assert not Event.objects.filter(action="staff.remind").exists()


def test_nothing_is_sent_while_nothing_ends(department, mailoutbox):
    assert told("--department", "RAD", "--to", "a@h.cn") == {"sent": []}
    assert mailoutbox == []


def test_dry_run_shows_the_mail_and_sends_none(ending, mailoutbox):
    (shown,) = told("--department", "RAD", "--to", "a@h.cn", "--dry-run")["dry_run"]
    assert (shown["rows"], "将到期1项" in shown["subject"]) == (1, True)
    assert mailoutbox == []


def test_server_that_refuses_is_said_and_not_recorded(ending, department, monkeypatch):
    def fail(*args, **kwargs):
        raise ConnectionRefusedError("no server")

    monkeypatch.setattr(type(get_connection()), "send_messages", fail)
    with pytest.raises(ValueError, match="邮件未能发出"):
        remind(department, to=["a@h.cn"], on=timezone.localdate(), within=30, by=None)
    assert not Event.objects.filter(action="staff.remind").exists()
