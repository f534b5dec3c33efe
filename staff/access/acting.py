"""`run_action`: what a view answers to an action: done, refused with a sentence, or a conflict."""

from collections.abc import Callable
from typing import Any, TypeVar

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from staff.conflicts.versions import ConflictError, RefusedError

_Made = TypeVar("_Made")


def run_action(
    request: HttpRequest,
    form: forms.BaseForm,
    action: Callable[[dict[str, Any]], _Made],
    *,
    done: str | Callable[[_Made], str],
    url: str | Callable[[_Made], str],
    back: str = "",
    show: Callable[[], HttpResponse] | None = None,
    refused_on: str | None = None,
    conflict: Callable[[ConflictError], HttpResponse] | None = None,
    answer: Callable[[_Made], HttpResponse] | None = None,
) -> HttpResponse:
    """Call `action` with the cleaned data of the sent `form` and answer with a redirect to `url`.

    `done` is the message shown there, "" for none; both may be worked out from what the action returned.
    `answer` takes what the action returned and answers in place of message and redirect, as for htmx.
    An invalid form and a RefusedError lead to `show()`, the page with the errors on `form`, the refusal on
    its field `refused_on` when given; without `show`, to messages at `back`, which is `url` unless given.
    A ConflictError leads to `conflict(error)`; without it, it is raised.
    """
    if form.is_valid():
        try:
            made = action(form.cleaned_data)
        except RefusedError as refused:
            form.add_error(refused_on, str(refused))
        except ConflictError as error:
            error.form = form
            if conflict is None:
                raise
            return conflict(error)
        else:
            if answer is not None:
                return answer(made)
            if message := done if isinstance(done, str) else done(made):
                messages.success(request, message)
            return HttpResponseRedirect(url if isinstance(url, str) else url(made))
    if show is not None:
        return show()
    for errors in form.errors.values():
        messages.error(request, "".join(map(str, errors)))
    return HttpResponseRedirect(url if isinstance(url, str) else request.path)
