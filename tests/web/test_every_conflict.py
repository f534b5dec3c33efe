"""Every form of the URL table with a version, sent on an older one (docs/quality.md F7).

It gets 409 with all that was typed, and nothing is stored.
"""

import html
import re

import pytest
from django.db import transaction

from tests.web.permission_table import ROLES, Row, all_rows, values
from tests.web.test_sent_twice import counts
from tests.web.world import World
from trail.models import Event

# Forms that carry a version and answer otherwise than by a page of both sides, with the reason.
EXCEPTIONS = {
    "audits:draft": "a script's: it answers in JSON and says so beside the text, which stays in its fields",
    "audits:extend": "refused in this world whatever its version (test_quarters.py tries it)",
}


def versioned(world: World) -> list[tuple[Row, str]]:
    found = []
    for row in all_rows():
        role = next((role for role in ROLES if row.expected[role] in (200, 302)), None)
        if row.method == "POST" and role and "version" in values(row.data, world):
            found.append((row, role))
    return found


def stale(version: object) -> object:
    return int(str(version)) + 1 if str(version).isdecimal() else "0" * 32


def typed(sent: dict[str, object]) -> list[str]:
    """What a person wrote, as against what was chosen from a list."""
    return [value for value in sent.values() if isinstance(value, str) and not value.isascii()]


def shown(answer) -> str:
    return html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode()))


@pytest.mark.slow
@pytest.mark.django_db
def test_every_form_sent_on_an_older_version_stores_nothing_and_shows_what_was_typed(world: World):
    problems, walked = [], set()
    for row, role in versioned(world):
        if row.url in EXCEPTIONS:
            continue
        sent = values(row.data, world)
        with transaction.atomic():
            before = counts()
            events = Event.objects.count()
            sent["version"] = stale(sent["version"])
            answer = world.client(role).post(world.address(row), sent)
            unchanged = counts() == before and Event.objects.count() == events
            transaction.set_rollback(True)
        text = shown(answer)
        lost = [value for value in typed(sent) if value not in text]
        if answer.status_code != 409 or not unchanged or lost:
            problems.append((str(row), answer.status_code, unchanged, lost))
        walked.add(row.url)
    assert problems == [], "\n".join(map(str, problems))
    assert len(walked) > 25
    assert walked.isdisjoint(EXCEPTIONS)
