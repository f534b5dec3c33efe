"""exporting.download: an attachment no browser opens in the app's name, recorded in the trail."""

import hashlib
from urllib.parse import quote

import pytest
from django.test import RequestFactory

from exporting.download import download_response, safe_filename
from trail.models import Event

pytestmark = pytest.mark.django_db


def request_of(user):
    request = RequestFactory().get("/x")
    request.user = user
    return request


def test_download_is_an_inert_attachment(officer):
    response = download_response(
        request_of(officer),
        filename="质控评分表.xlsx",
        content=b"abc",
        content_type="application/x",
        action="reports.export",
    )
    assert response.content == b"abc"
    assert {name: response[name] for name in response.headers} == {
        "Content-Type": "application/x",
        "Content-Disposition": "attachment; filename*=utf-8''" + quote("质控评分表.xlsx"),
        "Content-Length": "3",
        "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }


def test_download_records_who_what_hash_and_size(officer, department):
    download_response(
        request_of(officer),
        filename="a.json",
        content=b"abc",
        content_type="application/json",
        action="reports.export",
        target=officer,
        department=department,
        detail={"kind": "json"},
    )
    event = Event.objects.get(action="reports.export")
    assert (event.actor_id, event.target_id, event.department_id) == (
        officer.pk,
        str(officer.pk),
        department.pk,
    )
    assert event.detail == {
        "kind": "json",
        "file": "a.json",
        "sha256": hashlib.sha256(b"abc").hexdigest(),
        "size": 3,
    }


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/x.pdf", "x.pdf"),
        ("..\\x.pdf", "x.pdf"),
        (".htaccess", "htaccess"),
        ("a\u202efdp.exe", "afdp.exe"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie_ x.pdf"),
        ('a"b?.pdf', "a_b_.pdf"),
        ("", "下载"),
        ("字" * 100 + ".pdf", "字" * 58 + ".pdf"),
    ],
)
def test_filename_is_one_any_system_can_save(name, safe):
    assert safe_filename(name) == safe
