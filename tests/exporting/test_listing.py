"""How long lists are counted: as far as anyone reads, and a last page not apart."""

import re
from datetime import datetime, timedelta

import pytest
from django.urls import reverse

from tests.factories import make_report

COUNTED = re.compile(r'SELECT COUNT\(\*\) AS "__count" FROM (?:\(SELECT [^()]* FROM )?"reports_report"')


def fill(department, count):
    for i in range(count):
        make_report(department, f"A{i:04}", reported_at=datetime(2026, 10, 1) + timedelta(minutes=i))


@pytest.mark.parametrize(
    ("query", "stands"),
    [
        ({}, (1, 26, 1, 25, True)),
        ({"page": "2"}, (2, 26, 26, 26, False)),
        ({"page": "3"}, (3, 26, 51, 50, False)),
        ({"per_page": "50"}, (1, 26, 1, 26, False)),
        ({"q": "没有这个词"}, (1, 0, 0, 0, False)),
    ],
)
def test_list_page_any_place_tells_the_same_count(sign_in, officer, department, query, stands):
    fill(department, 26)
    page = sign_in(officer).get(reverse("reports:list"), query).context["page"]
    assert (page.number, page.count, page.first, page.last, page.has_next) == stands


def test_list_page_that_is_the_last_is_not_counted_apart(
    sign_in, officer, department, django_assert_max_num_queries
):
    fill(department, 3)
    client = sign_in(officer)
    with django_assert_max_num_queries(50) as asked:
        client.get(reverse("reports:list"))
    counted = [q["sql"] for q in asked if COUNTED.match(q["sql"])]
    # What is withheld from its reader is counted on every page; the list itself is not.
    assert [sql for sql in counted if ' WHERE "reports_report"."id" IN (SELECT' not in sql] == []
