"""The door for handed-in files: what it takes by content, what it calls them, and what it hands out again."""

import hashlib

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile

from exporting.uploads import FileDamagedError, UploadRefusedError, accept, shown_name, stored_response
from tests.scans import JPEG, PDF, PNG
from trail.models import Event


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("证书.pdf", PDF, ("证书.pdf", "pdf")),
        ("证书.PDF", PDF, ("证书.PDF", "pdf")),
        ("a.jpeg", JPEG, ("a.jpeg", "jpg")),
        ("a.png", PNG, ("a.png", "png")),
        ("a.png", PDF, ("a_png.pdf", "pdf")),
        ("evil.php", JPEG, ("evil_php.jpg", "jpg")),
        ("../../etc/passwd", PNG, ("passwd.png", "png")),
        (".htaccess", PDF, ("htaccess.pdf", "pdf")),
        ("证\u202egnp.exe", PNG, ("证gnp_exe.png", "png")),
    ],
)
def test_file_of_a_known_content_is_taken_under_a_safe_name(name, content, expected):
    found = accept(SimpleUploadedFile(name, content))
    assert ((found.name, found.ending), found.content) == (expected, content)
    assert found.sha256 == hashlib.sha256(content).hexdigest()
    assert found.file.name == f"file.{found.ending}"


def test_name_of_a_hundred_hanzi_stays_within_what_file_systems_take():
    name = shown_name("证" * 100 + ".pdf", "pdf")
    assert name.endswith(".pdf")
    assert len(name.encode()) <= 180


@pytest.mark.parametrize(
    "content",
    [
        b"<html><script>alert(1)</script>",
        b"MZ\x90\x00",
        b"PK\x03\x04" + b"0" * 40,
        b"%PDF-1.7 cut off",
        b"GIF89a" + b"0" * 40,
        b" " + PDF,
        PNG[:10],
    ],
)
def test_file_of_another_content_is_refused_whatever_its_name(content):
    with pytest.raises(UploadRefusedError, match="不是PDF、JPEG或PNG"):
        accept(SimpleUploadedFile("证书.pdf", content))


def test_file_empty_or_too_large_is_refused_with_its_size():
    with pytest.raises(UploadRefusedError, match="0字节"):
        accept(SimpleUploadedFile("a.pdf", b""))
    with pytest.raises(UploadRefusedError, match=r"文件有2\.0 MB，上限为1 MB"):
        accept(SimpleUploadedFile("a.pdf", PDF + b" " * 2_097_152), most_bytes=1_048_576)


@pytest.fixture
def asked(rf):
    request = rf.get("/")
    request.user = AnonymousUser()
    return request


def answer(request, stored, sha256):
    field = type("Stored", (), {"open": lambda self, mode: default_storage.open(stored, mode)})()
    return stored_response(request, field, name="证书.pdf", sha256=sha256, action="staff.download_scan")


@pytest.mark.django_db
def test_stored_file_goes_out_as_an_attachment_in_a_sandbox(asked):
    stored = default_storage.save("certificates/a.pdf", ContentFile(PDF))
    found = answer(asked, stored, hashlib.sha256(PDF).hexdigest())
    assert found.content == PDF
    assert found["Content-Type"] == "application/pdf"
    assert found["Content-Disposition"].startswith("attachment;")
    assert found["Content-Security-Policy"].startswith("sandbox;")
    assert found["X-Content-Type-Options"] == "nosniff"


@pytest.mark.django_db
def test_stored_file_changed_or_gone_is_not_handed_out_and_recorded(asked):
    stored = default_storage.save("certificates/b.pdf", ContentFile(PDF))
    with pytest.raises(FileDamagedError, match="曾被改动"):
        answer(asked, stored, "0" * 64)
    default_storage.delete(stored)
    with pytest.raises(FileDamagedError, match="已不在服务器上"):
        answer(asked, stored, hashlib.sha256(PDF).hexdigest())
    assert list(Event.objects.values_list("action", "result")) == [("staff.download_scan", "refused")] * 2
