"""Report exports of nine unfamiliar hospitals, read without a person: every field right, no row invented.

The files and people are invented; `keys/` lists all right answers of each field (the best first).
"""

import json
import re
from datetime import date, datetime
from functools import cache

import pytest

from reports.intake.reports import read_reports
from tests.paths import DATA

FOREIGN = DATA / "foreign"
KEYS = sorted((FOREIGN / "keys").glob("r*.json"))
PEOPLE = {"reporting_physician", "reviewing_physician", "signer", "operator", "last_modified_by"}
NAME = re.compile(r"[\u4e00-\u9fff]例[\u4e00-\u9fff]")
TODAY = date(2026, 11, 30)


def shown(report, field):
    """A field as the keys write it: times to the second, texts without blanks."""
    if field == "signer":
        return (report.signed_by if report.signed_by is not None else report.reviewing_physician) or ""
    value = getattr(report, field)
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    return "" if value is None else str(value)


def is_right(field, given, answers):
    if field in PEOPLE:
        return any(set(NAME.findall(given)) == ({name} if name else set()) for name in answers)
    plain = "".join(given.split()).replace("個", "")
    return any(plain == "".join(str(answer).split()) for answer in answers)


@cache
def read_export(name):
    """What the file of this name gives, and the latest version of each report by number."""
    file = FOREIGN / name
    read = read_reports(file.read_bytes(), file.name, today=TODAY)
    latest = {}
    for report in read.reports:
        known = latest.get(report.accession_number)
        if known is None or (report.reported_at or datetime.min) > (known.reported_at or datetime.min):
            latest[report.accession_number] = report
    return read, latest


@pytest.mark.parametrize("path", KEYS, ids=lambda path: path.stem)
def test_fields_of_an_unfamiliar_export_are_those_of_its_key(path):
    key = json.loads(path.read_text(encoding="utf-8"))
    _, latest = read_export(key["file"])
    stored = {"is_final", "revisions"}  # known once the rows are taken in
    wrong = [
        (number, field, shown(latest[number], field), answers)
        for number, one in key["expected"].items()
        if number in latest
        for field, answers in one["fields"].items()
        if field not in stored and not is_right(field, shown(latest[number], field), answers)
    ]
    assert wrong == []


@pytest.mark.parametrize("path", KEYS, ids=lambda path: path.stem)
def test_rows_of_an_unfamiliar_export_are_taken_refused_and_passed_over_as_its_key_says(path):
    key = json.loads(path.read_text(encoding="utf-8"))
    read, latest = read_export(key["file"])
    rows = {row["row"]: row for row in key["rows"]}
    refused = {refusal.row for refusal in read.refusals}
    may_wait = {row["acc"] for row in rows.values() if row.get("or_refuse")}
    assert set(key["expected"]) - may_wait <= set(latest) <= set(key["expected"])
    # Two rows of one number and time are told apart once they are taken in.
    conflicts = {row["row"] for row in rows.values() if row.get("reason") == "conflicting_duplicate"}
    assert {n for n, row in rows.items() if row["expect"] == "refuse"} - conflicts <= refused
    assert {
        n for n in refused if rows[n]["expect"] in ("accept", "join") and not rows[n].get("or_refuse")
    } == set()
