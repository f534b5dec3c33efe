"""Follow-ups and conferences of a quarter: what was done, what was left undone, in the words of the story.

A quarter that passes has its records complete, one of every case operated on. In the failing one feedback was
neglected, two difficult cases were never followed to an outcome, and no conference was held. In the running
one work is still under way.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from demo.content.values import DemoDepartment, DemoQuarter, DemoReport

_PER_QUARTER = 8
_OPERATED = ("surgical_pathology", "surgical_finding")
_MEETINGS = (27, 52, 80)  # days after the quarter's first: 疑难病例讨论 and MDT读片会 in turn
_GUESTS = {
    "nervous": ("神经外科 霍演民", "神经内科 桂演兰"),
    "respiratory": ("胸外科 柴演松", "呼吸内科 路演青"),
    "digestive_urogenital": ("普外科 童演强", "病理科 游演虹"),
    "skeletal": ("骨科 祁演刚", "风湿科 包演敏"),
    "circulatory": ("心内科 翟演平", "血管外科 耿演波"),
}
_MESSAGES = {
    "concordant": "结局与您的报告一致，谢谢。",
    "partly": "结局列在您的第二或第三诊断中，请对照病理复习影像特点。",
    "discordant": "结局与您的报告不符，请对照结局复阅图像，下次早会一并讨论。",
}


@dataclass(frozen=True)
class DemoFollowUp:
    """A report followed up: `judged` with the truth, feedback `sent` to the physician and `read`.

    `mark`: the reason with which a person marked it 疑难; "" for one taken from the candidates.
    """

    report: DemoReport
    mark: str = ""
    judged: bool = True
    sent: bool = True
    read: bool = True

    @property
    def message(self) -> str:
        judgement = self.report.truth.judgement if self.report.truth else ""
        return _MESSAGES.get(judgement, "这例检查已有结局，请对照阅读。")


@dataclass(frozen=True)
class DemoConference:
    """A conference: `cases` are (report, question, conclusion); a guest is "department name"."""

    kind: str
    held_on: date
    title: str
    cases: tuple[tuple[DemoReport, str, str], ...]
    guests: tuple[str, ...]
    summary: str


def follow_ups_of(demo: DemoDepartment, quarter: DemoQuarter) -> tuple[DemoFollowUp, ...]:
    """Those of one quarter, in order of examination."""
    reports = demo.reports_of(quarter)
    known = [report for report in reports if report.is_eligible][:_PER_QUARTER]
    without = [report for report in reports if report.outcome is None]
    if quarter.passes:
        operated = [report for report in reports if _is_operated(report) and report not in known]
        return tuple(DemoFollowUp(report) for report in (*known, *operated))
    if quarter.passes is False:
        sent = [DemoFollowUp(report, sent=place < 5, read=place < 4) for place, report in enumerate(known)]
        return (*sent, *_difficult(without[:2]))
    own = [r for r in known if r.content["reporting_physician"] == demo.member]
    rest = [r for r in known if r not in own]
    running = [DemoFollowUp(report, read=False) for report in own[:2] or rest[:1]]
    taken = {follow.report.accession_number for follow in running}
    for place, report in enumerate(r for r in rest if r.accession_number not in taken):
        running.append(DemoFollowUp(report, judged=place < 4, sent=place < 3, read=place < 2))
    return (*running, *_difficult(without[-2:]))


def _is_operated(report: DemoReport) -> bool:
    """By an outcome that the import matches to the report."""
    outcome = report.outcome
    return outcome is not None and outcome.kind in _OPERATED and outcome.tied_by != "patient_only"


def _difficult(reports: Iterable[DemoReport]) -> Iterable[DemoFollowUp]:
    why = "定性困难，已建议结合病理；待随访结局。"
    return (DemoFollowUp(report, mark=why, judged=False, sent=False, read=False) for report in reports)


def conferences_of(demo: DemoDepartment, quarter: DemoQuarter) -> tuple[DemoConference, ...]:
    """Three a quarter where they were held, on past days only, of cases whose outcome was known by then."""
    if quarter.passes is False:
        return ()
    known = [report for report in demo.reports_of(quarter) if report.is_eligible]
    held = []
    for place, days in enumerate(_MEETINGS):
        day = _working_day(quarter.window_start + timedelta(days=days))
        shown = [r for r in known if r.outcome is not None and r.outcome.observed_on <= day][-2:]
        if day <= demo.today and shown:
            held.append(_conference(place, day, shown))
    return tuple(held)


def _working_day(day: date) -> date:
    """The day itself, or the Friday before a weekend."""
    return day - timedelta(days=max(0, day.weekday() - 4))


def _conference(place: int, day: date, shown: list[DemoReport]) -> DemoConference:
    kind = "mdt" if place % 2 else "difficult"
    guests = dict.fromkeys(one for report in shown for one in _GUESTS.get(report.system, ()))
    return DemoConference(
        kind=kind,
        held_on=day,
        title=f"{day.month}月{'多学科读片' if kind == 'mdt' else '疑难病例讨论'}（{len(shown)}例）",
        cases=tuple((report, _question(report), _conclusion(report)) for report in shown),
        guests=tuple(guests) if kind == "mdt" else (),
        summary="对照结局复习影像特点；同类病例报告时写明鉴别要点和建议的检查。",
    )


def _question(report: DemoReport) -> str:
    return f"{report.content['body_part']}病变的定位、定性及与结局的对照。"


def _conclusion(report: DemoReport) -> str:
    outcome, truth = report.outcome, report.truth
    assert outcome is not None, "a discussed report has an outcome"
    assert truth is not None, "an outcome comes with its truth"
    return f"结局：{outcome.text}{truth.reason}"
