"""The monthly check and its measures on the home page: what is late, what waits for this person."""

from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.text import Truncator

from audits.measures.models import Measure
from audits.measures.queries.calendar import MONTHS, YearMonth, year_months
from audits.monthly.domain.monthly import months_back, previous_month
from audits.monthly.models import MonthlyCase
from qcportal.home.tasks.task import Task
from qcportal.links import link
from staff.departments.models import Department

WAITING = {"none": "待抽查", "planned": "待抽取", "drawn": "检查中", "refuted": "登记为无报告，现有报告"}


def measure_tasks(user: Any, department: Department | None, today: date) -> list[Task]:
    """Each asks only when the user holds its permission; a fixed number of queries."""
    found: list[Task] = []
    if user.may("audits.judge"):
        found += _to_check(user)
    if user.may("audits.own_measures"):
        found += _own(user, today)
    if department is not None and user.may("audits.view_monthly", department):
        found += _overdue(department, today)
        runs = user.may("audits.run_monthly", department)
        found += _months(department, today, runs=runs)
        found += _to_check_effect(department) if runs else []
    if department is not None and user.may("audits.close_measures", department):
        found += _to_close(user, department)
    return found


def _to_check(user: Any) -> list[Task]:
    rows = MonthlyCase.objects.visible_to(user, "audits.judge").unjudged()
    waiting = list(
        rows.order_by("audit__month", "position").select_related("audit").only("pk", "audit__month")
    )
    if not waiting:
        return []
    text = f"{waiting[0].audit.label}月度质控：{len(waiting)} 份报告待我检查"
    return [Task("due", "待检查", text, link("audits:monthly_case", waiting[0].pk), "去检查", leads=False)]


def _own(user: Any, today: date) -> list[Task]:
    rows = Measure.objects.filter(owner_user=user, status=Measure.Status.OPEN).order_by("due_on", "pk")
    own = list(rows.only("pk", "due_on", "action")[:6])
    found = []
    for measure in own[:5]:
        late = measure.due_on < today
        kind, word = ("fail", "逾期") if late else ("due", "待落实")
        text = f"由我负责的改进措施：{Truncator(measure.action).chars(40)}"
        url, when = link("audits:measure", measure.pk), f"{measure.due_on} 到期"
        found.append(Task(kind, word, text, url, "去办理", when, leads=False))
    return found


def _overdue(department: Department, today: date) -> list[Task]:
    late = Measure.objects.filter(department=department).overdue(today)
    days = list(late.order_by("due_on").values_list("due_on", flat=True))
    if not days:
        return []
    text = f"{len(days)} 项改进措施逾期未落实，最早的应于 {days[0]} 落实"
    return [Task("fail", "逾期", text, link("audits:measures", state="overdue"), "名单")]


def _months(department: Department, today: date, *, runs: bool) -> list[Task]:
    """Months not finished in time; and, for who runs them, the one whose turn it is."""
    months = year_months(department, months_back(previous_month(today), MONTHS), today)
    late = [month for month in months if month.is_late]
    found = []
    if late:
        names = "、".join(f"{month.month.year}-{month.month.month:02d}" for month in late[:4])
        more = f" 等{len(late)}个月" if len(late) > 4 else ""
        url = link("audits:monthly")
        found.append(Task("fail", "逾期", f"月度质控逾期未完成：{names}{more}", url, "看年历"))
    waiting = next((m for m in months if not m.is_late and m.state in WAITING), None)
    if runs and waiting is not None:
        found.append(_turn(waiting))
    uncovered = [month for month in months if month.is_finished and month.uncovered]
    if runs and uncovered and uncovered[-1].audit is not None:
        text = f"{uncovered[-1].label}月度质控有 {len(uncovered[-1].uncovered)} 项问题没有改进措施"
        url = link("audits:month", uncovered[-1].audit.pk)
        found.append(Task("open", "待办", text, url, "去制定"))
    return found


def _turn(month: YearMonth) -> Task:
    words = WAITING[month.state]
    url = link("audits:month", month.audit.pk) if month.audit else link("audits:monthly")
    when = f"{month.due_on} 前"
    return Task("due", "待办", f"{month.label}月度质控{words}", url, "去办理", when, leads=False)


def _to_check_effect(department: Department) -> list[Task]:
    waiting = Measure.objects.filter(department=department, status=Measure.Status.DONE).count()
    if not waiting:
        return []
    url = link("audits:measures", state="done")
    return [Task("open", "待办", f"{waiting} 项已落实的改进措施待核对效果", url, "去核对")]


def _to_close(user: Any, department: Department) -> list[Task]:
    rows = Measure.objects.filter(department=department, status=Measure.Status.CHECKED)
    waiting = rows.filter(~Q(owner_user=user) | Q(owner_user=None)).count()
    if not waiting:
        return []
    url = link("audits:measures", state="checked")
    return [Task("due", "待关闭", f"{waiting} 项改进措施已核对效果，待关闭", url, "去关闭", leads=False)]
