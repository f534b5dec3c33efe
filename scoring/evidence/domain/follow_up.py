"""Row 1.3: follow-up of operated and difficult cases, measured by what their outcomes show (D-05, D-26)."""

from scoring.evidence.domain.documents import RowDocuments
from scoring.evidence.domain.facts import Facts, FollowUpFact
from scoring.evidence.domain.suggestion import ABSENT, INCOMPLETE, MET, Suggestion, SupportingFact

LISTED = 20  # cases not taken up that are named one by one
_STATES = (("complete", "完整"), ("running", "随访中（未到期限）"), ("incomplete", "不完整"))


def follow_up(facts: Facts, documents: RowDocuments) -> Suggestion:
    """1.3, D-05: no rules or no records at all: nothing; incomplete records cost one point, once.

    The cases that had to be followed up are those operated on or difficult by their outcomes, whether taken
    up or not (DOMAIN 1.5): a case nobody took up is an incomplete record once its part is overdue.
    """
    found = [one for one in facts.follow_ups if facts.first <= one.on <= facts.last]
    taken = [one for one in found if one.is_taken]
    records = tuple(_record(one) for one in taken)
    begun = any(one.begun for one in taken)
    lacking = list(documents.missing)
    if not begun:
        none = f"窗口内纳入随访{len(taken)}例，尚无任何记录" if taken else "窗口内没有随访记录"
        lacking.append(none)
    lacking += [_incomplete(one) for one in taken if one.state == INCOMPLETE]
    lacking += _not_taken([one for one in found if not one.is_taken and one.state == INCOMPLETE])
    said, notes = f"{_covered(found)}；{_counted(taken)}", _notes(facts, found, begun=begun)
    if documents.missing or not begun:
        sentence = f"制度与执行记录缺一即不得分；{said}。"
        return Suggestion("1.3", ABSENT, sentence, records, tuple(lacking), notes)
    if lacking:
        sentence = f"有制度，{said}；记录不完整只扣1分，不按条数累计。"
        return Suggestion("1.3", INCOMPLETE, sentence, records, tuple(lacking), notes)
    return Suggestion("1.3", MET, f"有制度，{said}。", records, (), notes)


def _record(one: FollowUpFact) -> SupportingFact:
    counts = one.state != INCOMPLETE
    return SupportingFact("follow_up", one.id, one.accession_number, one.on, one.says, counts)


def _incomplete(one: FollowUpFact) -> str:
    return f"{one.accession_number}：{one.says.rstrip('。')}"


def _not_taken(cases: list[FollowUpFact]) -> list[str]:
    named = [_incomplete(one) for one in cases[:LISTED]]
    more = len(cases) - len(named)
    return [*named, f"另有{more}例未纳入随访"] if more else named


def _covered(found: list[FollowUpFact]) -> str:
    """随访N例／应随访M例: of the operated and difficult cases, those in the register."""
    due = [one for one in found if one.is_due]
    return f"手术、疑难病例随访{sum(one.is_taken for one in due)}例／应随访{len(due)}例"


def _counted(taken: list[FollowUpFact]) -> str:
    states = [one.state for one in taken]
    words = "、".join(f"{zh}{states.count(code)}例" for code, zh in _STATES if code in states)
    return f"窗口内随访记录{len(taken)}例" + (f"：{words}" if words else "")


def _notes(facts: Facts, found: list[FollowUpFact], *, begun: bool) -> tuple[str, ...]:
    waiting = sum(not one.is_taken and one.state == "running" for one in found)
    notes = [f"{waiting}例尚未纳入随访，未到期限。"] if waiting else []
    notes += [_incomplete(one) for one in found if one.state == "excluded"]
    # D-26: without any record, ten reports with an outcome can only come from follow-up.
    if not begun and facts.sample_size and facts.followed_up >= facts.sample_size:
        number = facts.followed_up
        notes.append(f"与1.3矛盾：窗口内没有随访执行记录，抽样却有{number}份有随访结局的报告，请核实。")
    return tuple(notes)
