"""What run_action answers: the message, or none; the redirect, or the answer of the caller's own."""

import pytest
from django import forms
from django.contrib.messages import get_messages
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpResponse
from django.test import RequestFactory

from staff.access.acting import run_action
from staff.conflicts.versions import ConflictError, RefusedError


class WordForm(forms.Form):
    word = forms.CharField(error_messages={"required": "请填写。"})


@pytest.fixture
def request_of():
    def make(**sent):
        request = RequestFactory().post("/here/", sent)
        request._messages = CookieStorage(request)
        return request

    return make


def run(request, action, **more):
    form = WordForm(request.POST)
    answer = run_action(request, form, action, **({"done": "已保存。", "url": "/there/"} | more))
    return answer, [str(message) for message in get_messages(request)], form


def test_done_action_is_answered_with_its_message_and_a_redirect(request_of):
    answer, messages, _ = run(
        request_of(word="a"),
        lambda given: given["word"],
        done=lambda made: f"{made}。",
        url=lambda made: f"/{made}/",
    )
    assert (answer.status_code, answer["Location"], messages) == (302, "/a/", ["a。"])


def test_empty_message_is_not_shown(request_of):
    answer, messages, _ = run(request_of(word="a"), lambda given: None, done="")
    assert (answer.status_code, answer["Location"], messages) == (302, "/there/", [])


def test_own_answer_takes_the_place_of_message_and_redirect(request_of):
    answer, messages, _ = run(
        request_of(word="a"), lambda given: given["word"], answer=lambda made: HttpResponse(f"part {made}")
    )
    assert (answer.status_code, answer.content, messages) == (200, b"part a", [])


def test_own_answer_is_not_given_for_what_was_refused(request_of):
    def refuse(given):
        raise RefusedError("不能保存。")

    show = HttpResponse("page", status=422)
    answer, messages, form = run(
        request_of(word="a"), refuse, answer=lambda made: HttpResponse(), show=lambda: show
    )
    assert (answer, messages, form.non_field_errors()) == (show, [], ["不能保存。"])


def test_conflict_without_a_page_of_its_own_is_raised(request_of):
    def conflict(given):
        raise ConflictError("row", "已被保存。")

    with pytest.raises(ConflictError, match="已被保存"):
        run(request_of(word="a"), conflict, answer=lambda made: HttpResponse())
