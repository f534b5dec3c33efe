"""Row 1.5: the subspecialty groups, their members and ranks as they were in the window (D-06)."""

from collections import Counter

from scoring.evidence.domain.documents import RowDocuments
from scoring.evidence.domain.facts import Facts, GroupFact, MembershipFact
from scoring.evidence.domain.suggestion import ABSENT, MET, Suggestion, SupportingFact


def groups(facts: Facts, documents: RowDocuments) -> Suggestion:
    """1.5, D-06: only a tertiary hospital without groups loses the points; 梯队 is a remark."""
    there = {group.id: group.members_between(facts.first, facts.last) for group in facts.groups}
    shown = [group for group in facts.groups if there[group.id] or not group.is_dissolved]
    manned = [group for group in shown if there[group.id]]
    records = tuple(_record(group, there[group.id], facts) for group in shown)
    notes = tuple(f"{group.name}没有组长" for group in manned if not _lead(there[group.id]))
    notes += tuple(f"{group.name}在窗口内没有成员" for group in shown if not there[group.id])
    undated = sum(one.since is None for group in manned for one in there[group.id])
    notes += (f"{undated}名成员的入组日期未登记，按一直在组计。",) if undated else ()
    missing = documents.missing
    if manned:
        people = {one.member for group in manned for one in there[group.id]}
        sentence = f"窗口内设有{len(manned)}个专业组，共{len(people)}人。"
        return Suggestion("1.5", MET, sentence, records, missing, notes)
    if facts.level == "tertiary":
        lacking = (*missing, "窗口内没有亚专业组，或各组都没有成员")
        return Suggestion("1.5", ABSENT, "三级医院未设亚专业组不得分。", records, lacking, notes)
    return Suggestion("1.5", ABSENT, "未设专业组；非三级医院不扣分。", records, missing, notes)


def _record(group: GroupFact, there: tuple[MembershipFact, ...], facts: Facts) -> SupportingFact:
    """The leader, the members by rank, and who came or left within the window."""
    lead = "、".join(_lead(there)) or "未指定"
    ranks = Counter((one.rank_place, one.rank_zh) for one in there if one.rank_zh)
    ladder = "、".join(f"{rank}{number}人" for (_, rank), number in sorted(ranks.items()))
    says = f"组长 {lead}，成员{len(there)}人{f'：{ladder}' if ladder else ''}"
    moved = "、".join(filter(None, (_moved(one, facts) for one in there)))
    says += f"；窗口内变动：{moved}" if moved else ""
    return SupportingFact("group", group.id, group.name, None, says, bool(there))


def _lead(there: tuple[MembershipFact, ...]) -> list[str]:
    return [one.name for one in there if one.is_lead]


def _moved(one: MembershipFact, facts: Facts) -> str:
    came = f"自{one.since}" if one.since and one.since > facts.first else ""
    left = f"至{one.until}" if one.until and one.until < facts.last else ""
    return f"{one.name}{came}{left}" if came or left else ""
