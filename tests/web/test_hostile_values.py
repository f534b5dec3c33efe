"""Whatever a browser sends: a page, a sentence or a refusal, never a fault of the server."""

from urllib.parse import quote

import pytest
from django.db import transaction
from django.urls import reverse

from tests.web.permission_table import ROLES, Row, all_rows, values
from tests.web.world import World

pytestmark = pytest.mark.slow  # every form times every hostile value takes minutes

HOSTILE = (
    "",
    "\0a\0",
    "-1",
    "1e5",
    "²",
    "１２",
    "9" * 18,
    str(10**30),
    "9" * 5000,
    "0001-01-01",
    "9999-12-31",
    "'\"><script>&%s{{7*7}}",
    "甲\r\n乙\u202e\ufeff\ufffe",
    "𠮷" * 3000,
)
BROKEN_BYTES = "%ED%A0%80%FF%00"  # a lone surrogate, a byte that is no UTF-8, a NUL
ASKED = (
    *("q", "page", "per_page", "sort", "export", "reason", "grant", "next", "kind", "state", "status"),
    *("since", "until", "from", "to", "action", "actor", "role", "level", "modality", "system", "outcome"),
    *("code", "clause", "severity", "by", "after", "shown", "month", "year", "mine"),
    *("physician", "quarter", "result", "department", "chapter", "force", "verification", "idle"),
)
# Fields a row of the permission table need not send.
MORE_FIELDS = {
    "login": ("next",),
    "choose_department": ("next",),
    "audits:new": ("period", "cut_off", "start", "extension_reason"),
    "audits:extend": ("start", "reason"),
    "audits:case_assign": ("first", "second"),
    "audits:rule_description": (
        *("description_reason", "reopened_reason", "then", "more", "take"),
        *(f"fault-0-{name}" for name in ("clause", "field", "start", "end", "excerpt", "reason")),
    ),
    "audits:monthly_case": (
        *("remark", "more", "take"),
        *(f"fault-0-{name}" for name in ("clause", "field", "start", "end", "excerpt", "reason")),
    ),
    "audits:rule_conclusion": ("conclusion_reason", "stage_differs", "then"),
    "audits:draft": ("verdict", "fault-TOTAL_FORMS", "fault-0-reason"),
    "scoring:row": ("state", "reason", "remark"),
    "scoring:correct": ("reopen",),
    "reports:outcome_match": ("choice", "accession_number", "reason"),
    "reports:outcome_record": ("recorded_by",),
    "reports:finding_rule": ("reason", "next", "number", "code", "since"),
    "reports:rule_switch": ("source",),
    "reports:recheck": ("everything",),
    "staff:account_new": ("department", "until", "staff_number", "aliases"),
    "staff:account_edit": ("staff_number", "aliases"),
    "staff:role_grant": ("department", "until"),
    "staff:department_new": ("one_step_reporting",),
    "password_change": ("new_password1", "new_password2"),
}


def may(row: Row) -> str:
    """Who gets furthest in this row."""
    return min(("qc_officer", *ROLES), key=lambda actor: row.expected[actor] in (403, 404))


def of_method(method: str) -> list[Row]:
    """Without the page that says 503 by its purpose, of a server that is not ready."""
    return [row for row in all_rows() if row.method == method and row.url != "readyz"]


@pytest.mark.django_db
@pytest.mark.parametrize("row", of_method("GET"), ids=str)
def test_page_asked_with_hostile_query_is_no_server_fault(world: World, row: Row):
    client, url = world.client(may(row), raise_request_exception=False), world.address(row)
    queries = ["&".join(f"{name}={quote(value)}" for name in ASKED) for value in HOSTILE]
    queries = [query for query in queries if len(query) < 60_000]
    queries.append("&".join(f"{name}={BROKEN_BYTES}" for name in ASKED))
    queries += ["export=xlsx&sort=%C2%B2,--,-pk", "sort=-pk&page=999999", "page=-1&per_page=1e9"]
    faults = []
    for query in queries:
        with transaction.atomic():
            status = client.get(f"{url}?{query}").status_code
            transaction.set_rollback(True)
        if status >= 500:
            faults.append((status, query[:80]))
    assert faults == []


@pytest.mark.django_db
@pytest.mark.parametrize("row", of_method("POST"), ids=str)
def test_form_sent_with_hostile_values_is_no_server_fault(world: World, row: Row):
    client, url = world.client(may(row), raise_request_exception=False), world.address(row)
    # What one request wrote is undone before the next; a file is sent once and read to its end.
    good = {name: value for name, value in values(row.data, world).items() if name != "file"}
    if row.url == "audits:rule_description":
        good |= {"fault-TOTAL_FORMS": "1", "fault-0-clause": "6.4.3.2", "fault-0-reason": "未指明参照组织。"}
        good["verdict"] = "nonconforming"
    names = [*good, *MORE_FIELDS.get(row.url, ())]
    bodies = [good | {name: value} for name in names for value in HOSTILE]
    bodies += [good | dict.fromkeys(names, value) for value in HOSTILE]
    bodies += [good | {value[:200]: value} for value in HOSTILE]
    faults = []
    for body in bodies:
        with transaction.atomic():
            status = client.post(url, body).status_code
            transaction.set_rollback(True)
        if status >= 500:
            faults.append((status, [(k, str(v)[:20]) for k, v in body.items() if v != good.get(k)]))
    assert faults == []


@pytest.mark.django_db
@pytest.mark.parametrize("row", of_method("POST"), ids=str)
def test_form_sent_as_broken_bytes_is_no_server_fault(world: World, row: Row):
    client, url = world.client(may(row), raise_request_exception=False), world.address(row)
    names = [*values(row.data, world), *MORE_FIELDS.get(row.url, ())]
    answers = set()
    for body, kind in (
        ("&".join(f"{name}={BROKEN_BYTES}" for name in names), "application/x-www-form-urlencoded"),
        ("--x\r\nbroken", "multipart/form-data; boundary=x"),
        ("--x\r\nbroken", "multipart/form-data"),
        ('{"version": 1}', "application/json"),
        ("version=1", "application/x-www-form-urlencoded; charset=utf-7"),
        ("&".join(f"a{n}=" for n in range(6000)), "application/x-www-form-urlencoded"),
    ):
        with transaction.atomic():
            answers.add(client.post(url, body, content_type=kind).status_code)
            transaction.set_rollback(True)
    assert {status for status in answers if status >= 500} == set()


@pytest.mark.django_db
@pytest.mark.parametrize("number", [0, 10**18, 10**30])
def test_objects_that_cannot_exist_are_not_found(world: World, number: int):
    asked = {}
    for row in all_rows():
        kwargs = values(row.kwargs, world)
        if not kwargs or row.note or not {"pk", "audit"} & set(kwargs):
            continue
        wrong = {k: number if isinstance(v, int) else v for k, v in kwargs.items()}
        client = world.client(may(row), raise_request_exception=False)
        send = getattr(client, row.method.lower())
        with transaction.atomic():
            asked[str(row)] = send(
                reverse(row.url, kwargs=wrong), {} if row.method == "GET" else values(row.data, world)
            ).status_code
            transaction.set_rollback(True)
    assert {name: status for name, status in asked.items() if status != 404} == {}
