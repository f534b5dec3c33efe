"""文本规则: pages of the rules, their precision and switches."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from reports.findings.actions.rechecking import switch_rule
from reports.findings.actions.rulings import restore_rule
from reports.findings.filters import RuleFilterForm
from reports.findings.forms import RestoreForm, SwitchForm, errors_text
from reports.findings.models import Finding, RuleSetting
from reports.findings.queries.rule_list import RuleRow, narrowed, recent_since, rule_rows
from reports.findings.rule_texts import rule_cards
from reports.findings.tables import SHOWN, FindingTable
from reports.findings.views.recheck import recheck_banner
from reports.imports.models import ImportSource
from staff.access.acting import run_action
from staff.access.permissions import requires
from staff.access.requests import SignedInRequest
from staff.conflicts.versions import ConflictError, RefusedError
from staff.departments.models import Department
from staff.departments.queries import working_department

VIEWS = "reports.view"
MANAGES = "reports.manage_rules"
_LATEST = 20
_SORTS: dict[str, Any] = {
    "clause": None,
    "title": lambda row: row.card.title,
    "severity": lambda row: ("violation", "suspect", "note").index(row.severity),
    "precision": lambda row: (row.precision.judged == 0, _share(row)),
    "judged": lambda row: row.precision.judged,
    "recent": lambda row: row.recent,
}


def _share(row: RuleRow) -> float:
    return row.precision.confirmed / row.precision.judged if row.precision.judged else 0.0


@requires(VIEWS)
@require_GET
def rule_list(request: SignedInRequest) -> HttpResponse:
    department = working_department(request, VIEWS)
    if department is None:
        return render(request, "reports/rules.html", {"department": None})
    form = RuleFilterForm(request.GET)
    every = rule_rows(department)
    rows = narrowed(every, form.asked())
    sort = request.GET.get("sort", "")
    key = _SORTS.get(sort.removeprefix("-"))
    if key:
        rows = sorted(rows, key=key, reverse=sort.startswith("-"))
    context = {
        "department": department,
        "form": form,
        "rows": rows,
        "total": len(every),
        "sort": sort,
        "since": recent_since(),
        "heads": _heads(sort),
    }
    if request.htmx:
        return render(request, "reports/_rules.html", context)
    context |= recheck_banner(request) | {
        "demoted": sum(1 for row in every if row.is_demoted),
        "off": sum(1 for row in every if row.off),
    }
    return render(request, "reports/rules.html", context)


def _heads(sort: str) -> list[tuple[str, str, str, str]]:
    """(label, next sort, aria-sort, class) of each column; "" for a column that cannot be sorted."""
    columns = (
        ("条款", "clause", ""),
        ("规则", "title", ""),
        ("强度", "", ""),
        ("现在的程度", "severity", ""),
        ("准确率（确认/已核对）", "precision", ""),
        ("近30天", "recent", "num"),
        ("状态", "", ""),
    )
    found = []
    for label, name, kind in columns:
        aria = {name: "ascending", f"-{name}": "descending"}.get(sort, "") if name else ""
        found.append((label, name and ("-" if sort == name else "") + name, aria, kind))
    return found


@requires(VIEWS)
@require_GET
def rule_detail(request: SignedInRequest, code: str) -> HttpResponse:
    return _page(request, _department(request, VIEWS), code)


@requires(MANAGES)
@require_POST
def rule_switch(request: SignedInRequest, code: str) -> HttpResponse:
    department = _department(request, MANAGES)
    _require_rule(code)
    form = SwitchForm(request.POST)

    def switch(given: dict[str, Any]) -> RuleSetting:
        return switch_rule(
            department,
            code,
            enabled=given["enabled"] == "1",
            source=_source(department, given["source"]),
            reason=given["reason"],
            by=request.user,
            version=given["version"],
        )

    def conflict(_: ConflictError) -> HttpResponse:
        # The page shows the current state of the switch beside the requested one.
        given = form.cleaned_data
        asked = f"{'启用' if given['enabled'] == '1' else '停用'}，理由：{given['reason'] or '未填'}"
        problem = f"您打开页面之后，这个开关已被改过，现状见下表。您的操作（{asked}）没有执行。"
        return _page(request, department, code, switch_problem=problem, status=409)

    return run_action(
        request,
        form,
        switch,
        done=lambda setting: f"已{'启用' if setting.enabled else '停用'}，正在按新的设置重新检查。",
        url=reverse("reports:rule", args=[code]),
        show=lambda: _page(request, department, code, switch_problem=errors_text(form), status=400),
        conflict=conflict,
    )


@requires(MANAGES)
@require_POST
def rule_restore(request: SignedInRequest, code: str) -> HttpResponse:
    department = _department(request, MANAGES)
    _require_rule(code)
    form = RestoreForm(request.POST)
    return run_action(
        request,
        form,
        lambda given: restore_rule(department, code, reason=given["reason"], by=request.user),
        done="规则已恢复原有程度；准确率从现在起重新计算。",
        url=reverse("reports:rule", args=[code]),
        show=lambda: _page(request, department, code, restore_problem=errors_text(form), status=400),
    )


def _page(
    request: SignedInRequest, department: Department, code: str, status: int = 200, **problems: str
) -> HttpResponse:
    _require_rule(code)
    (row,) = rule_rows(department, (code,))
    latest = Finding.objects.visible_to(request.user).filter(department=department, code=code).current()
    latest = latest.select_related("report").only(*SHOWN).order_by("-reported_at", "-id")[:_LATEST]
    codes = list(rule_cards())
    place = codes.index(code)
    context = {
        "department": department,
        "row": row,
        "table": FindingTable(
            list(latest), list_query=f"code={code}", exclude=("clause", "code"), orderable=False
        ),
        "may_manage": request.user.may(MANAGES, department),
        "previous": codes[place - 1] if place else "",
        "next": codes[place + 1] if place + 1 < len(codes) else "",
        "since": recent_since(),
        "reason": request.POST.get("reason", "")[:300],
    }
    return render(request, "reports/rule.html", context | problems, status=status)


def _require_rule(code: str) -> None:
    if code not in rule_cards():
        raise Http404("没有这条规则。")


def _department(request: SignedInRequest, permission: str) -> Department:
    department = working_department(request, permission)
    if department is None:
        raise Http404("没有可查看规则的科室。")
    return department


def _source(department: Department, given: str) -> ImportSource | None:
    """The import source with this key; RefusedError when it is not one of the department."""
    if not given:
        return None
    source: ImportSource | None = None
    if given.isascii() and given.isdecimal():
        source = ImportSource.objects.filter(department=department, pk=int(given)).first()
    if source is None:
        raise RefusedError("没有这个来源，请刷新页面后重试。")
    return source
