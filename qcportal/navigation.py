"""The shell around every page: navigation of the role, department, where in the quarter we are."""

from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any, cast

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse

from qcportal.status_line import quarter_status_line
from qcportal.waiting.queries import by_entry, counts_of
from reports.archive.queries import left_out
from staff.access.requests import SignedInRequest
from staff.departments.queries import departments_of, working_department
from staff.sign_in.ending import session_end


@dataclass(frozen=True)
class Entry:
    """A line of the left navigation, and the permissions any of which opens it."""

    label: str
    url_name: str
    icon: str
    group: int
    needs: tuple[str, ...]
    prefix: str = ""


@dataclass(frozen=True)
class NavItem:
    """What the template draws."""

    label: str
    url: str
    icon: str
    active: bool
    group: int
    count: int | None = None
    count_url: str = ""


_OWN = ("reports.view", "reports.view_own")
_APPEALS = ("audits.view", "audits.decide_appeal")
_ACCOUNTS = ("staff.manage_accounts", "staff.grant_roles")
_MEASURES = ("audits.view_monthly", "audits.own_measures")

# The site map: an entry appears here when its page exists.
ENTRIES = (
    Entry("工作台", "home", "home", 0, ("home.view",)),
    Entry("待我处理", "waiting", "judge", 0, ("home.view",), "/waiting"),
    Entry("检查报告", "reports:list", "report", 1, _OWN),
    Entry("文本检查", "reports:findings", "mark", 1, _OWN, "/reports/findings"),
    Entry("我的报告问题", "audits:own", "warn", 1, ("reports.appeal",), "/audits/own"),
    Entry("文本规则", "reports:rules", "rule", 1, ("reports.view",), "/reports/rules"),
    Entry("导入", "reports:imports", "import", 1, ("reports.import",), "/reports/import"),
    Entry("结局", "reports:outcomes", "outcome", 1, ("reports.view_outcomes",), "/reports/outcomes"),
    Entry("抽样评审", "audits:list", "draw", 2, ("audits.view",)),
    Entry("我的评审", "audits:my_reviews", "judge", 2, ("audits.judge",), "/audits/mine"),
    Entry("仲裁", "audits:arbitration", "arbitration", 2, ("audits.arbitrate",), "/audits/arbitration"),
    Entry("申诉", "audits:appeals", "return", 2, _APPEALS, "/audits/appeals"),
    Entry("评分表", "scoring:list", "sheet", 3, ("scoring.view_sheet",)),
    Entry("迎检包", "scoring:packets", "packet", 3, ("scoring.download_packet",), "/sheets/packets"),
    Entry("验真", "scoring:verify", "check", 3, ("scoring.download_packet",), "/sheets/packets/verify"),
    Entry("月度质控", "audits:monthly", "calendar", 8, ("audits.view_monthly",), "/audits/monthly"),
    Entry("整改", "audits:measures", "measure", 8, _MEASURES, "/audits/measures"),
    Entry("佐证材料", "scoring:evidence", "paper", 7, ("scoring.view_evidence",), "/sheets/evidence"),
    Entry("会议", "audits:conferences", "department", 7, ("audits.view_conferences",), "/audits/conferences"),
    Entry("随访", "audits:follow_ups", "outcome", 7, ("audits.view_follow_up",), "/audits/follow-ups"),
    Entry("随访反馈", "audits:my_feedback", "mark", 7, ("audits.view_own_feedback",), "/audits/feedback"),
    Entry("人员资质", "register:members", "staff", 6, ("staff.view_register",), "/staff/"),
    Entry("当日资质", "reports:qualified", "check", 6, ("reports.view_qualified",), "/reports/qualified"),
    Entry("我的资质", "register:mine", "user", 6, ("staff.view_own_record",), "/staff/mine"),
    Entry("标准条款", "standards:clauses", "clause", 4, ("standards.view",)),
    Entry("科室", "staff:departments", "settings", 5, ("staff.manage_departments",)),
    Entry("账号", "staff:accounts", "staff", 5, _ACCOUNTS, "/settings/accounts"),
    Entry("授权申请", "staff:grant_requests", "sign", 5, _ACCOUNTS, "/settings/requests"),
    Entry("来源", "reports:sources", "import", 5, ("reports.manage_sources",), "/reports/sources"),
    Entry("安全", "staff:security", "lock", 5, ("staff.view_security",)),
    Entry("留痕", "staff:trail", "history", 5, ("staff.view_trail",)),
    Entry("读取记录", "reports:readings", "report", 5, ("staff.view_trail",), "/reports/readings"),
    Entry("保存期限", "staff:retention", "calendar", 5, ("staff.manage_retention",), "/settings/retention"),
)


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context of base.html for signed-in users, made once a request; empty for others."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}
    try:
        made: dict[str, Any] = request.shell_context  # type: ignore[attr-defined]
    except AttributeError:
        made = _shell(cast(SignedInRequest, request))
        request.shell_context = made  # type: ignore[attr-defined]
    return made


def _shell(request: SignedInRequest) -> dict[str, Any]:
    user = request.user
    department = working_department(request)
    left, limit = session_end(request)
    return {
        "session_left": left,
        "session_limit": limit,
        "navigation": _drawn(tuple(navigation(request))),
        "current_department": department,
        "my_departments": departments_of(user),
        "status_line": quarter_status_line(department, user),
        # A function: asked by the lists that leave reports out, and by no other page.
        "left_out": partial(left_out, user),
    }


@lru_cache(maxsize=256)
def _drawn(items: tuple[NavItem, ...]) -> str:
    """The navigation as HTML, cached: it has few variants, and rendering costs more than the queries."""
    return render_to_string("components/_nav.html", {"nav_items": items})


_address = lru_cache(maxsize=len(ENTRIES))(reverse)


def navigation(request: SignedInRequest) -> list[NavItem]:
    """The entries the user's roles open; the longest matching path is the active one."""
    allowed = [e for e in ENTRIES if any(request.user.may(code) for code in e.needs)]
    found = [(entry, _address(entry.url_name)) for entry in allowed]
    active = _active(request.path, found)
    counts = by_entry(counts_of(request))
    # An entry that these roles do not open leaves its things to the page of all.
    counts["waiting"] = sum(counts.values())
    return [
        NavItem(e.label, url, e.icon, e.url_name == active, e.group, counts.get(e.url_name) or None, at(e))
        for e, url in found
    ]


def at(entry: Entry) -> str:
    """The address of what the entry counts."""
    return reverse("waiting") if entry.url_name == "waiting" else reverse("waiting_at", args=[entry.url_name])


def _active(path: str, found: list[tuple[Entry, str]]) -> str:
    matching = [
        (len(prefix), entry.url_name)
        for entry, url in found
        if (prefix := entry.prefix or url) and (path == prefix or (prefix != "/" and path.startswith(prefix)))
    ]
    return max(matching, default=(0, ""))[1]
