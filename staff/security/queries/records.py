"""安全审计 and 数据完整性: the trail, its triggers and anchors, signed records."""

from datetime import datetime
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection
from django.utils import timezone

from staff.access import openings
from staff.retention.queries import periods
from staff.security.domain.control import Finding, holds_if, not_applicable
from staff.security.queries.backups import backup_state
from trail.anchors import is_overdue, read_anchors
from trail.chain import anchor, verify_newest
from trail.checkpoints import latest, note
from trail.models import Event

_NEWEST = 200
_LEAST_DAYS = 184  # the six months of the Cybersecurity Law, article 21
_AUDITS = ("trail", "readings")


def events_recorded() -> Finding:
    """L1: events are recorded, and the database refuses to change them."""
    names = _triggers()
    guarded = any(name.startswith("trail_event_no") for name in names)
    end = anchor()
    word = "在用" if guarded else "缺失"
    text = f"留痕共{end.seq}条；数据库拒绝改动、删除的触发器{word}（全库{len(names)}个）"
    return holds_if(guarded and end.seq > 0, text, "staff:trail", end.at)


def _triggers() -> list[str]:
    query = (
        "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
        if connection.vendor == "postgresql"
        else "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        return [row[0] for row in cursor.fetchall()]


def database_owner() -> Finding:
    """L1: on PostgreSQL the app signs in as a role that owns no table and may empty none."""
    if connection.vendor != "postgresql":
        return not_applicable("使用SQLite：数据库是仅限本系统账号读写的文件，没有数据库角色")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_user, bool_or(tableowner = current_user), "
            "has_table_privilege('trail_event', 'TRUNCATE, TRIGGER, UPDATE, DELETE') "
            "OR has_table_privilege('trail_checkpoint', 'INSERT, UPDATE, DELETE') "
            "FROM pg_tables WHERE schemaname = 'public'"
        )
        role, owns, may_change = cursor.fetchone()
    word = "是" if owns or may_change else "不是"
    return holds_if(not owns and not may_change, f"数据库账号{role}{word}数据表的所有者或可改动留痕")


def chain_verifies() -> Finding:
    """L2: the newest events verify, the anchors are whole and new."""
    anchors, wrong = read_anchors()
    problems = [*verify_newest(_NEWEST), *wrong]
    last = anchors[-1] if anchors else None
    late = is_overdue(last)
    text = f"最近{_NEWEST}条校验{'相符' if not problems else '不符'}，数据库外锚点{len(anchors)}个"
    return holds_if(
        not problems and not late,
        text + ("，超过2小时未更新" if late else ""),
        "staff:trail",
        last.at if last else None,
    )


def records_verified() -> Finding:
    """L2: signed sheets, packets and rulings were compared with the trail."""
    last = Event.objects.filter(action="scoring.verify_records").order_by("-seq").first()
    if last is None:
        return holds_if(False, "签发的评分表、迎检包与评定尚未与留痕核对", "scoring:records")
    done = last.result == "done"
    return holds_if(done, f"签发记录与留痕核对{'全部相符' if done else '有不符'}", "scoring:records", last.at)


def readings_recorded() -> Finding:
    """L3: who opens which report is recorded."""
    listens = len(openings._listeners)
    model = _model("reports", "Reading")
    count = model._default_manager.count() if model is not None else 0
    text = f"每人每份报告每小时记一条查阅：{'已启用' if listens else '未启用'}，已记录{count}条"
    return holds_if(bool(listens) and model is not None, text, "reports:readings")


def retention() -> Finding:
    """L3: the trail and the readings stay 184 days at least; only two people cut what is older."""
    found = {period.kind.code: period for period in periods()}
    days = {found[code].kind.label: found[code].days for code in _AUDITS if code in found}
    text = "、".join(f"{label}保存{count}日" for label, count in days.items())
    first = Event.objects.order_by("seq").values_list("at", flat=True).first()
    text += f"；最早一条留痕记于{first:%Y-%m-%d}" if first else ""
    point = latest()
    text += f"；{note(point)}" if point else "；清除须一人申请、另一人确认，尚未清除过"
    long_enough = len(days) == len(_AUDITS) and min(days.values()) >= _LEAST_DAYS
    return holds_if(long_enough, text, "staff:retention")


def sealed_packets() -> Finding:
    """P2: packets are sealed by the installation's own key."""
    key = settings.QC_PACKET_KEY or next((p.name for p in settings.QC_KEYS_DIR.glob("*.p12")), "")
    made = _model("scoring", "PacketFile")
    count = made._default_manager.count() if made is not None else 0
    if not count:
        return not_applicable("尚未生成迎检包；生成时以系统签章（完整性校验）封存")
    return holds_if(bool(key), f"迎检包以系统签章（完整性校验）封存：已有{count}个文件")


def backups() -> Finding:
    """F8: a backup and the trial of its restoration are recent, and neither failed since."""
    state = backup_state()
    text = f"最近备份：{_day(state.backup_at)}；最近恢复演练：{_day(state.drill_at)}"
    faults = (
        ("备份超期", state.backup_at and state.backup_overdue),
        ("其后备份失败", state.failed_at),
        ("第二份未复制成功", state.copy_failed),
        ("恢复演练超期", state.drill_at and state.drill_overdue),
        ("其后恢复演练失败", state.drill_failed_at),
    )
    found = [name for name, there in faults if there]
    holds = not found and state.backup_at is not None and state.drill_at is not None
    return holds_if(holds, "；".join([text, *found]), checked_at=state.backup_at)


def _day(at: datetime | None) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%d") if at else "无记录"


def _model(app: str, name: str) -> Any:
    try:
        return apps.get_model(app, name)
    except LookupError:
        return None
