"""The trail: only added to, tamper-evident, whatever was done to the table (docs/quality.md L1, L2)."""

import ast
import json
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils.module_loading import import_string
from django_q.models import Schedule

from trail.anchors import anchors_file, keep_anchor, schedule_anchors, stored_anchors
from trail.chain import Anchor, anchor, event_hash, record, verify, verify_newest
from trail.labels import Labels, detail_labels, joined, labels
from trail.middleware import client_ip
from trail.models import Event
from trail.origin import origin

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_anchors(settings, tmp_path):
    settings.QC_DATA_DIR = tmp_path


def events(n=5):
    return [record("reports.import", by=None, detail={"created": i}) for i in range(n)]


def without_triggers(sql, params=()):
    """What someone with the database's own password can do: take the triggers off and change the table."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ALTER TABLE trail_event DISABLE TRIGGER trail_event_no_change")
        else:
            cursor.execute("DROP TRIGGER trail_event_no_update")
            cursor.execute("DROP TRIGGER trail_event_no_delete")
        cursor.execute(sql, params)


# --- writing ----------------------------------------------------------------------------------------


def test_record_keeps_who_where_what_and_the_hash_of_the_one_before(officer, department):
    with origin("10.1.2.3"):
        first = record("audits.draw", by=officer, target=department, department=department, detail={"n": 1})
        second = record("audits.cancel", by=officer)
    assert (first.seq, second.seq, second.previous_hash) == (1, 2, first.hash)
    stored = Event.objects.get(seq=1)
    assert (stored.actor_id, stored.actor_name, stored.actor_roles) == (officer.pk, "测一鸣", "质控员")
    assert (stored.ip, stored.target_type, stored.target_id) == (
        "10.1.2.3",
        "staff.department",
        str(department.pk),
    )
    assert event_hash(stored) == stored.hash


def test_record_in_a_transaction_taken_back_leaves_no_gap():
    events(2)
    with transaction.atomic():
        record("audits.draw", by=None)
        transaction.set_rollback(True)
    events(1)
    assert list(Event.objects.order_by("seq").values_list("seq", flat=True)) == [1, 2, 3]
    assert verify() == []


@pytest.mark.parametrize("sql", ["UPDATE trail_event SET action = 'x'", "DELETE FROM trail_event"])
def test_database_refuses_to_change_or_delete_an_event(sql):
    events(1)
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)
    assert Event.objects.get().action == "reports.import"


@pytest.mark.skipif(connection.vendor != "sqlite", reason="REPLACE is SQLite's")
@pytest.mark.parametrize("number", ["id", "seq"])
def test_database_refuses_to_replace_an_event(number):
    event = events(1)[0]
    other = {"id": "seq + 100", "seq": "id + 100"}
    columns = [field.column for field in Event._meta.concrete_fields]
    values = [other.get(name, name) if name != number else name for name in columns]
    values[columns.index("action")] = "'x'"
    names, given = ", ".join(columns), ", ".join(values)
    sql = f"INSERT OR REPLACE INTO trail_event ({names}) SELECT {given} FROM trail_event"  # noqa: S608
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)
    assert Event.objects.get() == event
    assert Event.objects.get().action == "reports.import"


@pytest.mark.skipif(connection.vendor != "postgresql", reason="TRUNCATE is PostgreSQL's")
def test_database_refuses_to_truncate_the_trail():
    events(1)
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("ALTER TABLE trail_event ENABLE TRIGGER trail_event_no_truncate; TRUNCATE trail_event")
    assert Event.objects.count() == 1


def test_database_refuses_the_orm_as_well():
    events(2)
    for change in (lambda: Event.objects.update(action="x"), lambda: Event.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    assert Event.objects.count() == 2


@pytest.mark.parametrize(
    ("behind_proxy", "forwarded", "address"),
    [
        (False, "1.2.3.4", "127.0.0.1"),  # without a proxy anyone could write the header
        (True, "6.6.6.6, 1.2.3.4", "1.2.3.4"),
        (True, "2001:DB8::1", "2001:db8::1"),
        (True, "unknown", "127.0.0.1"),
        (True, "", "127.0.0.1"),
    ],
)
def test_client_ip_trusts_what_the_one_proxy_wrote(rf, settings, behind_proxy, forwarded, address):
    settings.QC_HTTPS = behind_proxy
    assert client_ip(rf.get("/", headers={"X-Forwarded-For": forwarded})) == address


# --- verifying --------------------------------------------------------------------------------------


def test_verify_whole_chain_holds():
    events(5)
    assert verify() == []
    assert verify_newest(3) == []
    assert verify_newest(50) == []


@pytest.mark.parametrize("column", ["actor_name", "action", "ip", "result", "target_id"])
def test_verify_edited_row_is_found(column):
    events(5)
    without_triggers(f"UPDATE trail_event SET {column} = 'x' WHERE seq = 3")  # noqa: S608
    assert verify() == ["第3条的内容与其校验值不符：该条被改动。"]
    assert verify_newest(3) == ["第3条的内容与其校验值不符：该条被改动。"]


def test_verify_edited_detail_and_time_are_found():
    events(3)
    without_triggers("UPDATE trail_event SET detail = %s WHERE seq = 2", [json.dumps({"created": 9})])
    assert verify() == ["第2条的内容与其校验值不符：该条被改动。"]


def test_verify_removed_row_is_found():
    events(5)
    without_triggers("DELETE FROM trail_event WHERE seq = 3")
    assert verify() == [
        "第2条之后应为第3条，实为第4条：有记录被删除或插入。",
        "第4条与上一条的校验值不相接：其间有记录被改动、删除或插入。",
    ]


def test_verify_row_edited_and_hashed_again_is_found_at_the_next():
    events(4)
    forged = Event.objects.get(seq=2)
    forged.actor_name = "别人"
    without_triggers(
        "UPDATE trail_event SET actor_name = %s, hash = %s WHERE seq = 2",
        [forged.actor_name, event_hash(forged)],
    )
    assert verify() == ["第3条与上一条的校验值不相接：其间有记录被改动、删除或插入。"]


def test_verify_inserted_row_is_found():
    events(3)
    copy = Event.objects.get(seq=3)
    without_triggers("UPDATE trail_event SET seq = seq + 10 WHERE seq = 3")
    copy.pk, copy.action = None, "staff.role_grant"
    copy.hash = event_hash(copy)
    copy.save(force_insert=True)
    assert len(verify()) >= 2


def test_verify_cut_tail_is_found_by_an_anchor_only():
    events(5)
    kept = anchor()
    without_triggers("DELETE FROM trail_event WHERE seq > 3")
    assert verify() == []
    assert verify(anchors=[kept]) == ["锚点记有第5条，现有记录只到第3条：末尾记录被删除。"]


def test_verify_whole_chain_written_anew_is_found_by_an_anchor():
    events(3)
    kept = Anchor(2, "0" * 64, None)
    assert verify(anchors=[kept]) == ["第2条与留存的锚点不符：留痕曾被整体重写。"]


def test_verify_empty_trail_holds():
    assert (verify(), verify_newest(), anchor()) == ([], [], Anchor(0, "0" * 64, None))


# --- anchors and the command ------------------------------------------------------------------------


def test_keep_anchor_writes_the_end_once_outside_the_database():
    assert keep_anchor() is None
    events(2)
    assert keep_anchor().seq == 2
    assert keep_anchor() is None  # its own event is no reason for another one
    events(1)
    keep_anchor()
    assert [a.seq for a in stored_anchors()] == [2, 4]
    written = Event.objects.filter(action="trail.anchor").order_by("seq")
    assert [event.detail["anchor_seq"] for event in written] == [2, 4]


def test_kept_anchors_pass_over_a_line_cut_by_a_crash_but_not_garbage():
    events(1)
    keep_anchor()
    good = anchors_file().read_text()
    anchors_file().write_text(good + '{"seq": 2, "ha')
    assert [a.seq for a in stored_anchors()] == [1]
    anchors_file().write_text("x\n" + good)
    with pytest.raises(ValueError, match="锚点文件第1行无法读取"):
        stored_anchors()


def verify_command(*words):
    out = StringIO()
    try:
        call_command("verify_trail", *words, stdout=out)
        code = 0
    except SystemExit as stopped:
        code = stopped.code
    return code, json.loads(out.getvalue())


def test_verify_trail_command_holds_then_finds_the_cut_tail_from_the_kept_anchor():
    events(4)
    keep_anchor()
    answer = {"events": 5, "hash": anchor().hash, "anchors": 1, "anchors_expected": 1}
    assert verify_command() == (0, {"holds": True, "problems": []} | answer)
    without_triggers("DELETE FROM trail_event WHERE seq >= 4")
    code, found = verify_command()
    assert (code, found["holds"], found["problems"]) == (
        1,
        False,
        ["锚点记有第4条，现有记录只到第3条：末尾记录被删除。"],
    )


def anchored(n):
    """`n` anchors, each with something recorded before it."""
    for _ in range(n):
        events(1)
        keep_anchor()
    return anchors_file().read_text().splitlines(keepends=True)


def test_deleted_anchor_file_is_found_and_stays_found_when_a_new_one_begins():
    anchored(3)
    assert verify_command()[0] == 0
    anchors_file().unlink()
    code, found = verify_command()
    assert (code, found["problems"]) == (
        1,
        ["留痕记有3个锚点，锚点文件trail-anchors.jsonl不存在：文件被删除，请从备份取回。"],
    )
    anchored(1)
    code, found = verify_command()
    assert (code, found["anchors"], found["anchors_expected"], len(found["problems"])) == (1, 1, 4, 3)


def test_deleted_anchor_file_is_whole_again_with_the_backup_before_the_new_lines():
    backup = anchored(3)
    anchors_file().unlink()
    anchors_file().write_text("".join(backup + anchored(1)))
    assert verify_command()[0] == 0


def test_shortened_anchor_file_is_found():
    lines = anchored(3)
    anchors_file().write_text("".join(lines[:2]))
    code, found = verify_command()
    assert (code, found["problems"]) == (
        1,
        ["留痕记有第5条的锚点，锚点文件中没有或与之不同：文件被改动或截短。"],
    )


def test_edited_anchor_is_found():
    lines = anchored(3)
    row = json.loads(lines[1]) | {"hash": "0" * 64}
    anchors_file().write_text("".join([lines[0], json.dumps(row) + "\n", lines[2]]))
    code, found = verify_command()
    assert (code, found["problems"]) == (
        1,
        [
            "第3条与留存的锚点不符：留痕曾被整体重写。",
            "留痕记有第3条的锚点，锚点文件中没有或与之不同：文件被改动或截短。",
        ],
    )


def test_cut_lines_of_the_time_before_anchors_had_events_are_found_by_their_number():
    made = events(2)
    old = [json.dumps({"seq": e.seq, "hash": e.hash, "at": e.at.isoformat()}) + "\n" for e in made]
    anchors_file().write_text("".join(old))
    lines = anchored(1)
    assert (len(lines), verify_command()[0]) == (3, 0)
    anchors_file().write_text(lines[-1])
    assert verify_command()[1]["problems"] == ["锚点文件曾有3行，现只有1行：文件被截短。"]


def test_line_cut_short_by_a_crash_is_removed_before_the_next_is_written():
    lines = anchored(2)
    anchors_file().write_text("".join(lines) + '{"seq": 9, "ha')
    anchored(1)
    assert [a.seq for a in stored_anchors()] == [1, 3, 5]
    assert verify_command()[0] == 0


def test_verify_trail_command_takes_an_anchor_from_a_packet():
    made = events(2)
    assert verify_command("--anchor", f"2:{made[-1].hash}")[0] == 0
    assert verify_command("--anchor", f"9:{made[-1].hash}")[0] == 1
    with pytest.raises(CommandError, match="应写作"):
        verify_command("--anchor", "nonsense")


# --- labels -----------------------------------------------------------------------------------------


def recorded_actions() -> set[str]:
    """Every action named in a `record("…")` call of the code, or passed on as `action="…"`."""
    found = set()
    for app in ("staff", "reports", "audits", "scoring", "exporting", "qcportal", "demo"):
        for path in Path(settings.BASE_DIR, app).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call):
                    found |= {
                        part.value
                        for argument in _action_arguments(node)
                        for part in ast.walk(argument)
                        if isinstance(part, ast.Constant) and isinstance(part.value, str)
                    }
    return {word for word in found if "." in word}


def _action_arguments(call: ast.Call) -> list[ast.expr]:
    name = getattr(call.func, "id", getattr(call.func, "attr", ""))
    if name == "record":
        return call.args[:1]
    return [k.value for k in call.keywords if k.arg == "action" and name.endswith("response")]


def test_every_action_the_code_records_has_a_label():
    assert sorted(recorded_actions() - set(labels().actions)) == []


def test_action_without_label_is_refused():
    with pytest.raises(ValueError, match=r"no app states a label for the action staff\.nonsense"):
        record("staff.nonsense", by=None)
    assert Event.objects.count() == 0


@pytest.mark.parametrize("part", ["actions", "targets", "details"])
def test_label_stated_by_two_apps_is_refused(part):
    with pytest.raises(ValueError, match=f"{part[:-1]} stated by two apps: a.b"):
        joined([Labels(**{part: {"a.b": "甲"}}), Labels(**{part: {"a.b": "乙"}})])


def test_codes_of_two_apps_under_one_key_are_joined_unless_both_state_one():
    physician, mdt = Labels(codes={"kind": {"physician": "医师"}}), Labels(codes={"kind": {"mdt": "读片会"}})
    assert joined([physician, mdt]).codes == {"kind": {"physician": "医师", "mdt": "读片会"}}
    with pytest.raises(ValueError, match="code of kind stated by two apps: mdt"):
        joined([physician, mdt, mdt])


def test_labels_of_a_detail_read_in_chinese():
    detail = {
        "created": 3,
        "reason": "",
        "changed": {"level": ["tertiary", "secondary"]},
        "odd": [True, None],
    }
    assert detail_labels(detail | {"role": "head"}, {"role": {"head": "科主任"}}) == [
        ("新增", "3"),
        ("理由", "无"),
        ("级别", "三级医院 → 二级医院"),
        ("odd", "是、无"),
        ("角色", "科主任"),
    ]


def test_worker_is_told_to_keep_an_anchor_every_hour():
    schedule_anchors()
    schedule_anchors()
    schedule = Schedule.objects.get(func="trail.anchors.keep_anchor")
    assert schedule.schedule_type == Schedule.HOURLY
    assert import_string(schedule.func) is keep_anchor
