"""Suggestions for section 1 of Table B.1, with supporting records and what is missing (D-03…D-06, D-26).

The program suggests, a person decides: nothing here is a ruling. Pure: the same facts give the same answer.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType

from scoring.evidence.domain.facts import (
    DocumentFact,
    Facts,
    FollowUpFact,
    GroupFact,
    Source,
    calendar_months,
)
from standards.edition import Edition
from standards.evidence import DocumentKind, RowEvidence

MET, INCOMPLETE, ABSENT = "met", "incomplete", "absent"


@dataclass(frozen=True)
class SupportingFact:
    """A record behind a suggestion. `counts`: it fulfils what the row requires.

    `counts_as`: a document that counts like the app's own records of that source.
    """

    source: Source
    id: int
    title: str
    on: date | None
    says: str
    counts: bool
    kind: str = ""
    who: str = ""
    counts_as: str = ""


@dataclass(frozen=True)
class Suggestion:
    """A row's suggested state. `missing`: what costs points; `notes`: what does not."""

    row: str
    state: str
    sentence: str
    records: tuple[SupportingFact, ...] = ()
    missing: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    readings: tuple[str, ...] = ()


def suggest(facts: Facts, edition: Edition) -> Mapping[str, Suggestion]:
    """A suggestion for every row of section 1, by row, in the order of the form."""
    found = {}
    for evidence in edition.evidence:
        documents, missing, asked = _documents(facts, evidence)
        made = _RULES[evidence.row](facts, documents, missing)
        found[evidence.row] = replace(
            made,
            records=(*documents, *made.records),
            notes=(*made.notes, *asked),
            readings=evidence.decisions,
        )
    absent = edition.sheet.rows_by_id["1.3"].contradicted_by_samples
    if absent and found["1.3"].state == absent.state and facts.followed_up >= edition.sheet.sample_size:
        note = edition.sheet.flags_by_code[absent.flag].text_zh
        found["1.3"] = replace(found["1.3"], notes=(*found["1.3"].notes, note))
    return MappingProxyType(found)


def _documents(
    facts: Facts, evidence: RowEvidence
) -> tuple[tuple[SupportingFact, ...], tuple[str, ...], tuple[str, ...]]:
    """The row's documents, the deciding kinds without a valid one, and those only recommended."""
    records: list[SupportingFact] = []
    missing: list[str] = []
    asked: list[str] = []
    for kind in evidence.documents:
        of_kind = [document for document in facts.documents if kind.code in document.kinds]
        shown = [document for document in of_kind if _is_shown(document, kind, facts)]
        records += [_document(document, kind, facts) for document in shown]
        if kind.weight == "optional" or any(document.validity.on(facts.last) for document in of_kind):
            continue
        sentence = f"{kind.name_zh}：{facts.last}没有有效的文件{_ended(of_kind, facts.last)}"
        (missing if kind.weight == "decides" else asked).append(sentence)
    return tuple(records), tuple(missing), tuple(asked)


def _is_shown(document: DocumentFact, kind: DocumentKind, facts: Facts) -> bool:
    if kind.dated:
        return document.validity.first is not None and facts.first <= document.validity.first <= facts.last
    return document.validity.touches(facts.first, facts.last)


def _document(document: DocumentFact, kind: DocumentKind, facts: Facts) -> SupportingFact:
    validity = document.validity
    holds = kind.dated or validity.on(facts.last)
    if kind.dated:
        says = ""
    elif holds:
        says = f"有效期至 {validity.last}" if validity.last else "长期有效"
    else:
        says = f"{validity.last} 已到期，窗口最后一日无效"
    title = f"{document.title} {document.version}".strip()
    return SupportingFact(
        "document",
        document.id,
        title,
        validity.first,
        says,
        holds,
        kind.name_zh,
        counts_as=kind.counts_as,
    )


def _ended(documents: list[DocumentFact], day: date) -> str:
    """What the nearest document of the kind says about the day, when there is one."""
    over = [found for found in documents if found.validity.last and found.validity.last < day]
    if over:
        last = max(over, key=lambda found: found.validity.last or day)
        return f"（《{last.title}》{last.validity.last}已到期）"
    later = [found for found in documents if found.validity.first and found.validity.first > day]
    if later:
        first = min(later, key=lambda found: found.validity.first or day)
        return f"（《{first.title}》{first.validity.first}起才生效）"
    return ""


def _rules_and_review(
    facts: Facts, documents: tuple[SupportingFact, ...], missing: tuple[str, ...]
) -> Suggestion:
    """1.1, D-03: both documents on the last day, else nothing: no partial value is printed."""
    if missing:
        sentence = "书写规范与审核制度须同时有效，缺一即不得分。"
        return Suggestion("1.1", ABSENT, sentence, missing=missing)
    return Suggestion("1.1", MET, f"书写规范与审核制度在窗口最后一日（{facts.last}）均有效。")


def _monthly_checks(
    facts: Facts, documents: tuple[SupportingFact, ...], missing: tuple[str, ...]
) -> Suggestion:
    """1.2, D-04: every month the window touches is checked, and every problem has a measure."""
    wanted = tuple(calendar_months(facts.first, facts.last))
    by_month = {found.month: found for found in facts.months if found.month in wanted}
    records, lacking, overdue = [], list(missing), 0
    for month in wanted:
        found, name = by_month.get(month), _month_zh(month)
        if found is None:
            lacking.append(f"{name}：没有质控检查")
            continue
        problems = f"{len(found.problems)}项条款有问题" if found.problems else "未见问题"
        says = f"{found.state_zh}，{problems}，改进措施{len(found.measures)}项"
        counts = found.is_done and not found.without_measure
        records.append(
            SupportingFact("month", found.id, f"{name}质控检查", month, says, counts, who=found.who)
        )
        records += [
            SupportingFact(
                "measure", m.id, m.title, m.due_on, f"{'、'.join(m.clauses)}　{m.state_zh}", True, who=m.who
            )
            for m in found.measures
        ]
        overdue += sum(measure.is_overdue for measure in found.measures)
        if not found.is_done:
            lacking.append(f"{name}：质控检查尚未完成（{found.state_zh}）")
        if found.without_measure:
            lacking.append(f"{name}：{'、'.join(found.without_measure)}的问题没有改进措施")
    notes: tuple[str, ...] = (f"{overdue}项改进措施已逾期，不影响建议，请督促落实。",) if overdue else ()
    notes += tuple(sentence for month in wanted if month in by_month for sentence in by_month[month].given_up)
    if lacking:
        sentence = f"窗口涉及{len(wanted)}个自然月，须月月有检查、问题都有改进措施；本行没有部分得分。"
        return Suggestion("1.2", ABSENT, sentence, tuple(records), tuple(lacking), notes)
    sentence = f"窗口涉及的{len(wanted)}个自然月都已完成检查，所有问题都有改进措施。"
    return Suggestion("1.2", MET, sentence, tuple(records), (), notes)


def _follow_up(facts: Facts, documents: tuple[SupportingFact, ...], missing: tuple[str, ...]) -> Suggestion:
    """1.3, D-05: no rules or no records at all: nothing; incomplete records cost one point, once."""
    found = [one for one in facts.follow_ups if facts.first <= one.on <= facts.last]
    records = tuple(
        SupportingFact("follow_up", one.id, one.accession_number, one.on, one.says, one.state != INCOMPLETE)
        for one in found
    )
    lacking = list(missing)
    if not any(one.begun for one in found):
        none = f"窗口内纳入随访{len(found)}例，尚无任何记录" if found else "窗口内没有随访记录"
        lacking.append(none)
    incomplete = [one for one in found if one.state == INCOMPLETE]
    lacking += [_incomplete(one) for one in incomplete]
    counted = _counted(found)
    if missing or not any(one.begun for one in found):
        sentence = f"制度与执行记录缺一即不得分；{counted}。"
        return Suggestion("1.3", ABSENT, sentence, records, tuple(lacking))
    if incomplete:
        sentence = f"有制度，{counted}；记录不完整只扣1分，不按条数累计。"
        return Suggestion("1.3", INCOMPLETE, sentence, records, tuple(lacking))
    return Suggestion("1.3", MET, f"有制度，{counted}。", records)


def _incomplete(one: FollowUpFact) -> str:
    return f"{one.accession_number}：{one.says.rstrip('。')}"


def _counted(found: list[FollowUpFact]) -> str:
    states = [one.state for one in found]
    parts = [("complete", "完整"), ("running", "随访中（未到期限）"), ("incomplete", "不完整")]
    words = "、".join(f"{zh}{states.count(code)}例" for code, zh in parts if code in states)
    return f"窗口内随访记录{len(found)}例" + (f"：{words}" if words else "")


def _conferences(facts: Facts, documents: tuple[SupportingFact, ...], missing: tuple[str, ...]) -> Suggestion:
    """1.4: at least one in the window; whether that is 定期 is for a person to say."""
    held = [one for one in facts.conferences if facts.first <= one.on <= facts.last]
    supporting = [record for record in documents if record.counts_as == "conferences"]
    records = tuple(
        SupportingFact("conference", one.id, one.title, one.on, f"讨论{one.cases}例", True, who=one.who)
        for one in held
    )
    count = len(held) + len(supporting)
    if missing or not count:
        lacking = (*missing, *(() if count else ("窗口内没有疑难病例讨论或MDT读片会的记录",)))
        return Suggestion("1.4", ABSENT, "窗口内没有会议记录。", records, lacking)
    sentence = f"窗口内共{count}次；是否“定期召开”，请按科室规定的周期判断。"
    return Suggestion("1.4", MET, sentence, records)


def _groups(facts: Facts, documents: tuple[SupportingFact, ...], missing: tuple[str, ...]) -> Suggestion:
    """1.5, D-06: only a tertiary hospital without groups loses the points; 梯队 is a remark."""
    manned = [group for group in facts.groups if group.members]
    records = tuple(
        SupportingFact("group", group.id, group.name, None, _manned(group), bool(group.members))
        for group in facts.groups
    )
    notes = tuple(f"{group.name}没有组长" for group in manned if not group.lead)
    notes += tuple(f"{group.name}没有成员" for group in facts.groups if not group.members)
    if manned:
        sentence = f"按现行登记设有{len(manned)}个专业组，共{sum(group.members for group in manned)}人。"
        return Suggestion("1.5", MET, sentence, records, missing, notes)
    if facts.level == "tertiary":
        lacking = (*missing, "没有亚专业组，或各组都没有成员")
        return Suggestion("1.5", ABSENT, "三级医院未设亚专业组不得分。", records, lacking, notes)
    return Suggestion("1.5", ABSENT, "未设专业组；非三级医院不扣分。", records, missing, notes)


def _manned(group: GroupFact) -> str:
    ladder = f"：{group.ladder}" if group.ladder else ""
    return f"组长 {group.lead or '未指定'}，成员{group.members}人{ladder}"


def _month_zh(month: date) -> str:
    return f"{month.year}年{month.month}月"


_Rule = Callable[[Facts, tuple[SupportingFact, ...], tuple[str, ...]], Suggestion]
_RULES: Mapping[str, _Rule] = MappingProxyType(
    {
        "1.1": _rules_and_review,
        "1.2": _monthly_checks,
        "1.3": _follow_up,
        "1.4": _conferences,
        "1.5": _groups,
    }
)
