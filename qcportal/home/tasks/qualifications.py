"""人员资质 on the home page: what has ended or ends soon, what waits for approval, who was not qualified."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from qcportal.home.tasks.task import Task
from qcportal.links import link
from reports.archive.models import Report
from reports.domain.quarters import quarter_around
from reports.qualified.queries.periods import QualifiedPeriod
from reports.qualified.queries.signatures import SignedPeriod
from staff.departments.models import Department
from staff.register.models import Qualification
from staff.register.queries.deadlines import SPANS, current_members, endings
from staff.register.queries.people import people_of


@dataclass(frozen=True)
class Figure:
    """A number with its page; `kind` is a tag's."""

    label: str
    count: int
    url: str
    kind: str = ""


@dataclass(frozen=True)
class Staffing:
    """`endings` (已过期, 7, 30, 60天内) and `exceptions` of this quarter; both () without a register."""

    has_register: bool
    endings: tuple[Figure, ...] = ()
    exceptions: tuple[Figure, ...] = ()
    waiting: int = 0

    @property
    def tasks(self) -> list[Task]:
        """The tasks that follow from the staffing summary."""
        found = [_ended(figure) for figure in self.endings[:1] if figure.count]
        soon = [figure for figure in self.endings[1:] if figure.count]
        if soon:
            words = "、".join(f"{figure.label}{figure.count}项" for figure in soon)
            url = link("register:expiring")
            found.append(Task("due", "将到期", f"资质将到期：{words}", url, "名单", leads=False))
        if self.waiting:
            text = f"{self.waiting} 份提交的资质证书待审核"
            url = link("register:submitted")
            found.append(Task("due", "待审核", text, url, "去审核", leads=False))
        reports = next((figure for figure in self.exceptions if figure.count), None)
        if reports is not None:
            text = f"本季度 {reports.count} 份报告签发或操作当日的资质不能证明"
            found.append(Task("due", "待查", text, reports.url, "名单", leads=False))
        return found


def _ended(figure: Figure) -> Task:
    return Task("fail", "已过期", f"{figure.count} 项资质已过期未更新", figure.url, "名单")


def staffing_of(department: Department, user: Any, today: date) -> Staffing | None:
    """None for who may not view the register. A fixed number of queries."""
    if not user.may("staff.view_register", department):
        return None
    waiting = 0
    if user.may("staff.approve_certificates", department):
        rows = Qualification.objects.awaiting().filter(member__department=department)
        waiting = rows.exclude(member__user=user).count()
    people = people_of(current_members(department))
    if not people:
        return Staffing(has_register=False)
    left = [ending.left for ending in endings(people, today)]
    figures = [
        Figure("已过期", sum(n < 0 for n in left), link("register:expiring", within="expired"), "fail")
    ]
    figures += [
        Figure(f"{span}天内", sum(0 <= n <= span for n in left), link("register:expiring", within=span))
        for span in sorted(SPANS)
    ]
    shown = _exceptions(department, user, today) if user.may("reports.view_qualified", department) else ()
    return Staffing(True, tuple(figures), shown, waiting)


def _exceptions(department: Department, user: Any, today: date) -> tuple[Figure, ...]:
    """Without the reports that `user` still has to judge, as the lists behind the figures."""
    first, last = quarter_around(today)
    days = {"since": first, "until": last}
    hidden = frozenset(Report.objects.withheld_from(user).values_list("pk", flat=True))
    counts = QualifiedPeriod(department, first, last, hidden=hidden).counts()
    unsigned = len(SignedPeriod(department, first, last, hidden=hidden).ids())
    return (
        Figure("资质例外", counts.reports, link("reports:qualified", **days)),
        Figure("签发医师", counts.roles["signer"], link("reports:qualified", **days, role="signer")),
        Figure("操作技师", counts.roles["operator"], link("reports:qualified", **days, role="operator")),
        Figure("签名例外", unsigned, link("reports:qualified", **days, part="signature")),
    )
