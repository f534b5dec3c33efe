"""The page for a second save of one thing: what is stored now beside what was typed, field by field."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def edit_conflict(
    request: HttpRequest, form: forms.BaseForm, fresh: forms.BaseForm, *, title: Any, url: str
) -> HttpResponse:
    """409 for `form`, which was sent; `fresh` is the same form as it would be shown now, `url` its page."""
    fields = [(field.label, shown_value(fresh[field.name]), shown_value(field)) for field in _shown(form)]
    context = {"title": title, "url": url, "rows": [row for row in fields if row[1] != row[2]]}
    return render(request, "staff/conflict.html", context, status=409)


def typed_values(form: forms.BaseForm | None) -> list[tuple[str, str]]:
    """(label, value) of every field in which something was sent; none without a form."""
    fields = _shown(form) if form is not None else []
    return [(str(field.label), value) for field in fields if (value := shown_value(field))]


def _shown(form: forms.BaseForm) -> list[forms.BoundField]:
    return [field for field in form.visible_fields() if not isinstance(field.field, forms.FileField)]


def shown_value(bound: forms.BoundField) -> str:
    """A field's value as text: labels of the chosen options, or the typed text."""
    value = bound.value()
    if isinstance(bound.field, forms.BooleanField):
        return "是" if value else "否"
    if hasattr(bound.field, "choices"):
        chosen = {str(one) for one in (value if isinstance(value, list | tuple) else [value])}
        return "、".join(label for key, label in _flat(bound.field.choices) if key and key in chosen)
    return "" if value is None else str(value).strip()


def _flat(choices: Any) -> Iterator[tuple[str, str]]:
    for key, label in choices:
        if isinstance(label, list | tuple):
            yield from _flat(label)
        else:
            yield str(key), str(label)
