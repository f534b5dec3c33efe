"""A form sent twice changes things once; the second gets the first's result."""

import re

import pytest
from django.contrib.messages import get_messages
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from staff.form_tokens.middleware import OneTimeForms
from staff.form_tokens.models import SentForm
from staff.form_tokens.receipts import AlreadySentError, Sending
from staff.register.models import SubspecialtyGroup
from tests import people
from trail.chain import record
from trail.models import Event
from trail.origin import before_events

NEW = reverse("register:group_new")


@pytest.fixture
def browser(officer):
    client = Client()
    client.force_login(officer, backend="django.contrib.auth.backends.ModelBackend")
    return client


def token_on(client, page):
    return re.search(r'csrfmiddlewaretoken" value="(\w+)"', client.get(page).content.decode())[1]


def names():
    return list(SubspecialtyGroup.objects.order_by("pk").values_list("name", flat=True))


@pytest.mark.django_db
def test_form_sent_again_after_going_back_answers_with_the_first_result(browser):
    form = {"csrfmiddlewaretoken": token_on(browser, NEW), "name": "神经"}
    first = browser.post(NEW, form)
    again = browser.post(NEW, form)
    assert (first.status_code, again.status_code) == (302, 302)
    assert again["Location"] == first["Location"]
    sentence = list(map(str, get_messages(again.wsgi_request)))[-1]
    assert re.fullmatch(r"这份表单已提交过（[-\d]+ [:\d]+），未重复处理。以下是当时的结果。", sentence)
    assert names() == ["神经"]


@pytest.mark.django_db
def test_page_fetched_anew_on_the_way_back_sends_the_first_token(browser):
    form = {"csrfmiddlewaretoken": token_on(browser, NEW), "name": "神经"}
    browser.post(NEW, form)
    fetched = token_on(browser, NEW)
    assert fetched != form["csrfmiddlewaretoken"]
    again = form | {"csrfmiddlewaretoken": fetched, "form_token": form["csrfmiddlewaretoken"]}
    assert browser.post(NEW, again).status_code == 302
    assert names() == ["神经"]


@pytest.mark.django_db
def test_other_content_of_a_sent_form_is_asked_about_and_may_be_sent_as_another(browser):
    form = {"csrfmiddlewaretoken": token_on(browser, NEW), "name": "神经"}
    first = browser.post(NEW, form)
    answer = browser.post(NEW, form | {"name": "骨关节"})
    text = answer.content.decode()
    assert answer.status_code == 409
    assert names() == ["神经"]
    assert "骨关节" in text
    assert f'href="{first["Location"]}"' in text
    fresh = {"csrfmiddlewaretoken": re.findall(r'csrfmiddlewaretoken" value="(\w+)"', text)[-1]}
    assert browser.post(NEW, fresh | {"name": "骨关节"}).status_code == 302
    assert names() == ["神经", "骨关节"]


@pytest.mark.django_db
def test_program_that_sends_its_cookie_for_a_token_may_send_one_form_after_another(browser):
    for name in ("神经组", "胸部组"):
        sent = {"name": name, "csrfmiddlewaretoken": "c" * 32}
        assert browser.post(NEW, sent).status_code == 302
    assert names() == ["神经组", "胸部组"]


@pytest.mark.django_db
def test_refused_form_may_be_sent_again(browser):
    form = {"csrfmiddlewaretoken": token_on(browser, NEW), "name": ""}
    assert [browser.post(NEW, form).status_code for _ in range(2)] == [400, 400]
    assert browser.post(NEW, form | {"name": "神经"}).status_code == 302
    assert names() == ["神经"]


@pytest.mark.django_db
def test_token_of_one_person_means_nothing_for_another(browser, department):
    form = {"csrfmiddlewaretoken": token_on(browser, NEW), "name": "神经"}
    browser.post(NEW, form)
    other = Client()
    user = people.person("officer2", "测二鸣", "qc_officer", department)
    other.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    assert other.post(NEW, form | {"name": "骨关节"}).status_code == 302
    assert names() == ["神经", "骨关节"]


@pytest.mark.django_db
def test_receipt_is_undone_with_the_change_it_belongs_to(officer):
    sending = Sending("k" * 64, "f" * 64, has_version=False)
    with pytest.raises(ZeroDivisionError), before_events(sending.claim):
        _fail_after_event(officer)
    assert SentForm.objects.count() == 0


def _fail_after_event(officer):
    with transaction.atomic():
        record("staff.group_add", by=officer)
        assert SentForm.objects.count() == 1
        raise ZeroDivisionError


@pytest.mark.django_db
def test_second_request_that_reaches_the_change_is_undone_whole(officer):
    SentForm.objects.create(key="k" * 64, form="f" * 64, request="first")
    events = Event.objects.count()
    sending = Sending("k" * 64, "f" * 64, has_version=False)
    with before_events(sending.claim), pytest.raises(AlreadySentError):
        record("staff.group_add", by=officer)
    assert Event.objects.count() == events


@pytest.mark.django_db
def test_event_of_something_refused_writes_no_receipt(officer):
    with before_events(Sending("k" * 64, "f" * 64, has_version=False).claim):
        record("access.refused", by=officer, result="refused")
    assert SentForm.objects.count() == 0


@pytest.mark.django_db
def test_file_taken_twice_from_one_page_is_sent_twice(browser):
    def download(request):
        record("staff.export_register", by=request.user)
        return HttpResponse(headers={"Content-Disposition": "attachment"})

    request = browser.post(NEW, {"name": ""}).wsgi_request
    request.POST = request.POST.copy()
    request.POST["csrfmiddlewaretoken"] = "x" * 64
    assert [OneTimeForms(download)(request).status_code for _ in range(2)] == [200, 200]


@pytest.mark.django_db
def test_second_click_that_passed_the_check_while_the_first_was_at_work_changes_nothing(browser, monkeypatch):
    form = {"csrfmiddlewaretoken": token_on(browser, NEW), "name": "神经"}
    browser.raise_request_exception = False
    first = browser.post(NEW, form)
    events, look, looks = Event.objects.count(), Sending.earlier, []

    def nothing_yet(sending):
        looks.append(sending)
        return None if len(looks) == 1 else look(sending)

    monkeypatch.setattr(Sending, "earlier", nothing_yet)
    # The name is free again: the second request reaches the change and is undone there, not by the form.
    SubspecialtyGroup.objects.all().delete()
    again = browser.post(NEW, form)
    assert (again.status_code, again["Location"]) == (302, first["Location"])
    assert (names(), Event.objects.count(), len(looks)) == ([], events, 2)


@pytest.mark.django_db
def test_second_click_refused_by_what_the_first_has_made_answers_with_the_first_result(browser, monkeypatch):
    form = {"csrfmiddlewaretoken": token_on(browser, NEW), "name": "神经"}
    first = browser.post(NEW, form)
    look, looks = Sending.earlier, []

    def nothing_yet(sending):
        looks.append(sending)
        return None if len(looks) == 1 else look(sending)

    monkeypatch.setattr(Sending, "earlier", nothing_yet)
    again = browser.post(NEW, form)  # the name is taken: 400 by itself
    assert (again.status_code, again["Location"]) == (302, first["Location"])
