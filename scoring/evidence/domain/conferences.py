"""Row 1.4: conferences held 定期, by the period that the department's own document sets (DOMAIN 1.5)."""

from scoring.evidence.domain.documents import RowDocuments
from scoring.evidence.domain.facts import ConferenceFact, ConferencePeriod, Facts
from scoring.evidence.domain.periods import PERIODS_ZH, whole_periods
from scoring.evidence.domain.suggestion import ABSENT, MET, Suggestion, SupportingFact

CONFERENCE_RULES = "conference_rules"  # the kind of document that sets the period
_UNSET = (
    "没有规定召开周期的有效文件（须附文件并填写周期），按窗口内至少一次建议；是否“定期召开”由评定人判断。"
)


def conferences(facts: Facts, documents: RowDocuments) -> Suggestion:
    """1.4: at least one in the window, and one in every whole period of the department's document.

    Like 1.2 the row has no partial points: it is suggested as met only when no period was missed.
    """
    held = [one for one in facts.conferences if facts.first <= one.on <= facts.last]
    papers = [record for record in documents.records if record.counts_as == "conferences" and record.counts]
    records = tuple(_record(one) for one in held)
    days = [one.on for one in held if one.cases] + [paper.on for paper in papers if paper.on]
    if documents.missing or not days:
        lacking = (*documents.missing, *(() if days else ("窗口内没有疑难病例讨论或MDT读片会的记录",)))
        return Suggestion("1.4", ABSENT, "窗口内没有会议记录。", records, lacking)
    period = _period(facts)
    if not period:
        return Suggestion("1.4", MET, f"窗口内共{len(days)}次。", records, (), (_UNSET,))
    over = [one for one in whole_periods(period, facts.first, facts.last) if one.last < facts.on]
    missed = tuple(f"{one.name_zh}没有召开" for one in over if not any(map(one.holds, days)))
    said = f"科室规定{PERIODS_ZH[period]}召开，窗口内共{len(days)}次"
    if missed:
        sentence = f"{said}，{len(missed)}个周期没有召开；本行没有部分得分。"
        return Suggestion("1.4", ABSENT, sentence, records, missed)
    return Suggestion("1.4", MET, f"{said}，各周期均已召开。", records)


def _period(facts: Facts) -> ConferencePeriod | None:
    """The period of the newest document that sets one, has a file and is valid on the last day."""
    setting = [
        found
        for found in facts.documents
        if CONFERENCE_RULES in found.kinds
        and found.has_file
        and found.conference_period
        and found.validity.on(facts.last)
    ]
    newest = max(setting, key=lambda found: (found.validity.first or facts.first, found.id), default=None)
    return newest.conference_period if newest else None


def _record(one: ConferenceFact) -> SupportingFact:
    unfit = f"，另{one.unfit}例检查晚于会议日期，不计" if one.unfit else ""
    says = f"讨论{one.cases}例{unfit}"
    return SupportingFact("conference", one.id, one.title, one.on, says, one.cases > 0, who=one.who)
