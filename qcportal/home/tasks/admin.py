"""What an administrator should look at: uncarried departments, useless accounts, roles running out."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils import timezone

from qcportal.home.tasks.task import Task
from qcportal.links import link
from staff.access.permissions import policy
from staff.access.profile import ADMINISTRATORS
from staff.accounts.models import RoleGrant, User
from staff.accounts.querysets import ACCOUNT_DAYS
from staff.departments.models import Department
from trail.anchors import anchor_problems, is_overdue, stored_anchors
from trail.models import Event

_MAY = "staff.manage_accounts"
_CARRIED_BY = ("qc_officer", "head")  # without these a department's quarter cannot be carried and signed
_SOON = timedelta(days=14)
_RESETS_SHOWN = timedelta(days=14)
# Kinds of qcportal.waiting, each with what its line says and the page it leads to.
_CONFIRMED_BY_ANOTHER = (
    ("requests", "项角色或密码的申请待确认", "staff:grant_requests"),
    ("purges", "项到期内容的清除申请待另一人确认", "staff:retention"),
)


def admin_tasks(user: Any, today: date) -> list[Task]:
    """Each gap once, with the list of the rows it counts."""
    departments = Department.objects.visible_to(user, _MAY)
    if not departments.exists():
        text = "还没有科室：先建立科室，再建立账号"
        return [Task("due", "待办", text, link("staff:department_new"), "新建科室")]
    accounts = User.accounts.visible_to(user, _MAY).filter(is_active=True)
    in_force = RoleGrant.objects.in_force()
    return [
        *_uncarried(departments, in_force),
        *_counted(accounts, in_force, today),
        *_administrators(in_force),
    ]


def confirmation_tasks(counts: Mapping[str, int]) -> list[Task]:
    """What others asked for and this person may confirm, as counted for the navigation (qcportal.waiting)."""
    return [
        Task("due", "待确认", f"{counts[code]} {text}", link(at), "查看")
        for code, text, at in _CONFIRMED_BY_ANOTHER
        if counts.get(code)
    ]


def _uncarried(departments: Any, in_force: Any) -> list[Task]:
    roles = policy().roles
    found = []
    for role in _CARRIED_BY:
        holders = in_force.filter(role=role, department=OuterRef("pk"), user__is_active=True)
        without = departments.exclude(Exists(holders)).values_list("code", flat=True)
        codes = list(without[:6])
        if codes:
            text = f"没有{roles[role].name}的科室：{'、'.join(codes[:5])}{'等' if len(codes) > 5 else ''}"
            found.append(Task("due", "待办", text, link("staff:account_new"), "建立账号"))
    return found


def _counted(accounts: Any, in_force: Any, today: date) -> list[Task]:
    found = []
    nothing = accounts.exclude(pk__in=in_force.values("user_id")).count()
    if nothing:
        url = link("staff:accounts", state="no_role")
        found.append(Task("due", "待办", f"{nothing} 个启用的账号没有有效角色", url, "名单"))
    expired = accounts.filter(must_change_password=True, password_expires_at__lte=timezone.now()).count()
    if expired:
        url = link("staff:accounts", state="expired")
        found.append(Task("open", "待办", f"{expired} 个账号的一次性密码已过期未用", url, "名单"))
    ending = in_force.filter(user__in=accounts, until__lte=today + _SOON).values("user").distinct().count()
    if ending:
        url = link("staff:accounts", state="ending")
        found.append(Task("due", "14天内", f"{ending} 个账号的角色即将到期", url, "名单"))
    leaving = accounts.ending_within(ACCOUNT_DAYS).count()
    if leaving:
        url = link("staff:accounts", state="account_ending")
        found.append(Task("due", f"{ACCOUNT_DAYS}天内", f"{leaving} 个账号即将到期", url, "名单"))
    return found


def _administrators(in_force: Any) -> list[Task]:
    """Who is missing among the three: without a security administrator nobody can grant a role."""
    held = set(in_force.filter(role__in=ADMINISTRATORS, user__is_active=True).values_list("role", flat=True))
    missing = [policy().roles[code].name for code in ADMINISTRATORS if code not in held]
    if not missing:
        return []
    text = f"尚无{'、'.join(missing)}：请在服务器上用 manage.py add_admin --role 建立"
    return [Task("due", "待办", text, link("staff:accounts"), "账号")]


def own_password_tasks(user: Any) -> list[Task]:
    """Resets of one's own password in the last days: a stranger could sign in with one."""
    since = timezone.now() - _RESETS_SHOWN
    rows = Event.objects.about(user).filter(action="staff.password_reset", at__gte=since)
    last = rows.values_list("at", "actor_name", "detail").first()
    if last is None:
        return []
    at, by, detail = last
    who = "、".join(dict.fromkeys(filter(None, (detail.get("requested_by"), by))))
    text = f"您的密码曾由{who}重置；如非您本人要求，请立即告知安全管理员或审计员"
    day = timezone.localtime(at).strftime("%Y-%m-%d %H:%M")
    return [Task("info", "请留意", text, link("password_change"), "修改密码", day, leads=False)]


def trail_tasks() -> list[Task]:
    """What is wrong with the anchors of the trail, for its auditor."""
    url = link("staff:trail")
    try:
        anchors = stored_anchors()
    except ValueError:
        return [Task("fail", "不符", "留痕锚点文件无法读取：请从备份取回", url, "查看留痕")]
    found = []
    if anchor_problems(anchors):
        found.append(Task("fail", "不符", "留痕锚点文件被删除、截短或改动", url, "查看留痕"))
    if is_overdue(anchors[-1] if anchors else None):
        text = "留痕锚点超过2小时未更新：请确认后台任务在运行"
        found.append(Task("due", "待查", text, url, "查看留痕"))
    return found
