"""Files that would take a reader down, uploaded on every page that reads one: a sentence, and no fault."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from reports.imports.models import ImportBatch
from spreadsheets import reading
from tests.hostile_files import CELLS, KINDS, REGISTER, WHOLE
from tests.reports.imports.views.test_imports import confirm_columns, upload
from tests.spreadsheets.packages import package, rows

pytestmark = pytest.mark.usefixtures("reader_process")


def file_of(content):
    return SimpleUploadedFile("导出.xlsx" if content[:2] == b"PK" else "导出.csv", content)


@pytest.mark.parametrize(
    ("kind", "case"), [*(("reports", case) for case in WHOLE), *((kind, "far_cell") for kind in KINDS)]
)
def test_file_that_implies_too_much_is_refused_on_its_page_again_and_again(
    sign_in, officer, department, kind, case
):
    make, words = WHOLE[case]
    client = sign_in(officer)
    batch = upload(client, file_of(make(KINDS[kind][0])), kind=kind)
    pages = [client.get(reverse("reports:batch", args=[batch.pk])) for _ in range(2)]
    assert [(page.status_code, words in page.content.decode()) for page in pages] == [(200, True)] * 2


@pytest.mark.parametrize("kind", KINDS)
def test_rows_with_cells_that_no_store_holds_are_listed_and_the_good_one_is_not(
    sign_in, officer, department, kind, django_capture_on_commit_callbacks
):
    head, good = KINDS[kind]
    bad = [[cell, *good[1:]] for cell, _ in CELLS.values()]
    client = sign_in(officer)
    batch = upload(client, file_of(package(rows(head, good, *bad))), kind=kind)
    with django_capture_on_commit_callbacks(execute=True):
        assert confirm_columns(client, batch).status_code == 302
    batch = ImportBatch.objects.get(pk=batch.pk)
    assert (batch.status, batch.problem, batch.counts["created"]) == ("checked", "", 1)
    said = [(r["row"], r["column"], r["reason"]) for r in batch.refusals]
    assert [(row, column) for row, column, _ in said] == [(3 + i, "检查号") for i in range(len(CELLS))]
    assert [words in reason for (_, words), (*_, reason) in zip(CELLS.values(), said, strict=True)] == [
        True
    ] * len(CELLS)
    refused = reverse("reports:batch_refused", args=[batch.pk]) + "?purpose=refused"
    addresses = [reverse("reports:batch", args=[batch.pk]), refused]
    assert [client.get(address).status_code for address in addresses] == [200, 200]


@pytest.mark.parametrize("case", WHOLE)
def test_register_that_implies_too_much_is_refused_in_its_form(sign_in, officer, department, case):
    make, words = WHOLE[case]
    page = sign_in(officer).post(reverse("register:import"), {"file": file_of(make(REGISTER[0]))})
    assert (page.status_code, words in page.content.decode()) == (400, True)


def test_register_rows_with_cells_that_no_store_holds_are_listed(sign_in, officer, department):
    head, good = REGISTER
    bad = [[cell, *good[1:]] for cell, _ in CELLS.values()]
    sent = {"file": file_of(package(rows(head, good, *bad)))}
    page = sign_in(officer).post(reverse("register:import"), sent)
    counts = {"created": 1, "updated": 0, "unchanged": 0, "refused": len(CELLS)}
    assert (page.status_code, page.context["tally"].counts) == (200, counts)
    body = page.content.decode()
    assert [words in body for _, words in CELLS.values()] == [True] * len(CELLS)


def test_register_whose_reader_dies_when_it_is_confirmed_is_not_written(
    sign_in, officer, department, monkeypatch
):
    client = sign_in(officer)
    sent = {"file": file_of(package(rows(*REGISTER)))}
    assert client.post(reverse("register:import"), sent).status_code == 200
    monkeypatch.setattr(reading, "_COMMAND", ("/bin/false",))
    page = client.post(reverse("register:import_commit"), follow=True)
    assert (page.status_code, "登记表没有写入" in page.content.decode()) == (200, True)
