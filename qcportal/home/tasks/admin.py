"""What an administrator should look at: uncarried departments, useless accounts, roles running out."""

from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils import timezone

from qcportal.home.tasks.task import Task
from qcportal.links import link
from staff.access.permissions import policy
from staff.accounts.models import RoleGrant, User
from staff.accounts.querysets import ACCOUNT_DAYS
from staff.departments.models import Department
from trail.anchors import anchor_problems, is_overdue, stored_anchors

_MAY = "staff.manage_accounts"
_CARRIED_BY = ("qc_officer", "head")  # without these a department's quarter cannot be carried and signed
_SOON = timedelta(days=14)


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
        *(_trail(user) if user.may("staff.view_trail") else ()),
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


def _trail(user: Any) -> list[Task]:
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
