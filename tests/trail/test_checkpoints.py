"""Old events are cut by two people; the rest still verifies, any other cut is found (docs/quality.md L3)."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.db.models import Q
from django.utils import timezone

from trail import checkpoints
from trail.anchors import anchor_problems, keep_anchor, stored_anchors
from trail.chain import record, verify, verify_newest
from trail.checkpoints import BrokenError, Cut, cut, due, latest
from trail.models import Checkpoint, Event

pytestmark = pytest.mark.django_db
KEEP = Q(action="audits.draw")
NOW = timezone.now()


@pytest.fixture(autouse=True)
def _own_anchors(settings, tmp_path):
    settings.QC_DATA_DIR = tmp_path


@pytest.fixture
def trail(monkeypatch):
    """Ten events of 400 days ago, the third and the seventh kept; an anchor; three of today."""
    monkeypatch.setattr(timezone, "now", lambda: NOW - timedelta(days=400))
    for number in range(1, 11):
        record("audits.draw" if number in (3, 7) else "reports.import", by=None, detail={"created": number})
    keep_anchor()
    monkeypatch.undo()
    for _ in range(3):
        record("reports.import", by=None)


@pytest.fixture
def asked(officer, head):
    return Cut(NOW - timedelta(days=184), officer, head)


def lifted(sql):
    """What someone with the database's own password can do."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ALTER TABLE trail_event DISABLE TRIGGER trail_event_no_change")
            cursor.execute("ALTER TABLE trail_checkpoint DISABLE TRIGGER trail_checkpoint_no_change")
        else:
            for name in (
                "event_no_update",
                "event_no_delete",
                "checkpoint_no_update",
                "checkpoint_no_delete",
            ):
                cursor.execute(f"DROP TRIGGER IF EXISTS trail_{name}")
        cursor.execute(sql)


def test_cut_removes_what_is_old_but_for_what_records_rest_on(trail, asked):
    assert (due(asked.before, KEEP), cut(asked, KEEP)) == (9, 9)
    assert list(Event.objects.order_by("seq").values_list("seq", flat=True)) == [3, 7, 12, 13, 14, 15]
    point = latest()
    assert (point.through_seq, point.cut, point.kept) == (11, 9, 2)
    event = Event.objects.get(seq=15)
    assert (event.action, event.actor_name) == ("trail.purge", "任主任")
    assert event.detail == point.facts | {"asked_by": str(asked.asked_by)}


def test_chain_holds_after_the_cut_with_its_anchors_and_goes_on(trail, asked):
    cut(asked, KEEP)
    record("reports.import", by=None)
    keep_anchor()
    stored = stored_anchors()
    assert len(stored) == 2
    assert (verify(anchors=stored), verify_newest(), anchor_problems(stored)) == ([], [], [])
    assert verify_newest(2) == []


def test_verify_trail_command_says_what_was_cut_when_and_by_whom(trail, asked):
    cut(asked, KEEP)
    out = StringIO()
    call_command("verify_trail", stdout=out)
    found = json.loads(out.getvalue())
    on = timezone.localdate()
    sentence = (
        f"第12条之前的9条记录已于{on}按保存期限清除（申请：{asked.asked_by}，确认：{asked.confirmed_by}），"
        "另有2条作为依据保留。"
    )
    assert (found["holds"], found["purged"]) == (True, [sentence])


def test_second_cut_follows_the_first(trail, asked, monkeypatch):
    cut(asked, KEEP)
    later = Cut(timezone.now() + timedelta(seconds=60), asked.asked_by, asked.confirmed_by)
    assert cut(later, KEEP) == 3
    assert (verify(), latest().through_seq, latest().kept) == ([], 14, 2)
    assert cut(asked, KEEP) == 0  # nothing so old is left


def test_large_cut_is_made_in_parts_that_each_verify(trail, asked, monkeypatch):
    monkeypatch.setattr(checkpoints, "AT_ONCE", 4)
    assert cut(asked, KEEP) == 9
    points = Checkpoint.objects.order_by("through_seq").values_list("through_seq", "cut", "kept")
    assert list(points) == [(5, 4, 1), (10, 4, 2), (11, 1, 2)]
    assert (verify(), Event.objects.filter(action="trail.purge").count()) == ([], 3)


def test_nothing_is_cut_from_a_chain_that_does_not_hold(trail, asked):
    lifted("UPDATE trail_event SET action = 'audits.draw' WHERE seq = 5")
    with pytest.raises(BrokenError, match="第5条"):
        cut(asked, KEEP)
    assert (Event.objects.count(), Checkpoint.objects.count()) == (14, 0)


def test_database_lets_nothing_else_be_deleted(trail, asked):
    cut(asked, KEEP)
    for change in (
        lambda: Event.objects.filter(seq=12).delete(),
        lambda: Event.objects.filter(seq=3).update(action="x"),
        lambda: Checkpoint.objects.update(cut=1),
        lambda: Checkpoint.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()
    assert verify() == []


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM trail_event WHERE seq = 3",
        "UPDATE trail_event SET actor_name = 'x' WHERE seq = 7",
        "DELETE FROM trail_event WHERE seq = 12",
        "DELETE FROM trail_event WHERE seq = 15",
        "DELETE FROM trail_checkpoint",
        "UPDATE trail_checkpoint SET through_seq = 12",
        "UPDATE trail_checkpoint SET kept = 1",
    ],
)
def test_any_change_after_the_cut_is_found(trail, asked, sql):
    cut(asked, KEEP)
    lifted(sql)
    assert verify() != []


def test_cut_that_nobody_recorded_is_found(trail, officer):
    last = Event.objects.get(seq=11)
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    Checkpoint.objects.create(
        through_seq=11,
        hash=last.hash,
        cut=11,
        kept=0,
        kept_hash=empty,
        asked_by="甲",
        confirmed_by="乙",
        at=NOW,
    )
    Event.objects.filter(seq__lte=11).delete()
    assert verify() == ["第11条之前的记录已被清除，留痕中没有相符的清除记录。"]
