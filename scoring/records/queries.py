"""Signed sheets, packet files, draws, rulings, months and the trail, compared; the result of the last run."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from audits.appeals.models import Appeal
from audits.judging.models import Review
from audits.monthly.models import MonthlyAudit, MonthlyCase
from audits.sampling.models import Audit
from scoring.packet.models import PacketFile
from scoring.sheets.models import Sheet
from scoring.sheets.queries.audit_records import (
    CONCLUSION,
    DESCRIPTION,
    compare_appeals,
    compare_draw,
    compare_permissions,
    compare_rulings,
)
from scoring.sheets.queries.compared import Compared
from scoring.sheets.queries.month_records import CHECK, DRAW, compare_month
from scoring.sheets.queries.signed_records import signed_record
from scoring.sheets.querysets import DIFFERS, FROZEN, SIGN
from scoring.unmasking.models import UnmaskedFile
from trail.anchors import anchor_problems, stored_anchors
from trail.chain import anchor, verify
from trail.models import Event

SHEETS, FILES, DRAWS, RULINGS, MONTHS, TRAIL = "sheets", "files", "draws", "rulings", "months", "trail"
KINDS_ZH = {
    SHEETS: "已签发的评分表",
    FILES: "迎检包文件",
    DRAWS: "抽样",
    RULINGS: "评定与申诉复核",
    MONTHS: "月度抽查、检查结果与小结",
    TRAIL: "留痕与锚点",
}
VERIFY = "scoring.verify_records"
TOLD = ("scoring.sign_sheet", "staff.view_trail")  # who learns of differences: head and auditor
_MADE = ("scoring.packet_rendered", "scoring.packet_damaged")
_UNMASKED = ("scoring.unmasked_rendered", "scoring.unmasked_damaged")
_LARGE = ("content", "audit__pool_list", "audit__ledger", "audit__draw")


@dataclass(frozen=True)
class Difference:
    """One thing that differs, as a Chinese sentence; None: of no department, or of one not known any more."""

    kind: str
    department_id: int | None
    text: str


@dataclass(frozen=True)
class Verification:
    """Counts by kind (checked, differing, unrecorded: without a hash in the trail), and what differs."""

    counts: dict[str, tuple[int, int, int]]
    differences: tuple[Difference, ...]

    @property
    def holds(self) -> bool:
        return not self.differences


def verify_records() -> Verification:
    """Compare all records. A fixed number of queries for each audit, each month and each sheet."""
    counts: dict[str, tuple[int, int, int]] = {}
    differences: list[Difference] = []
    for kind, found in (
        (SHEETS, _sheets()),
        (FILES, _files()),
        (DRAWS, _draws()),
        (RULINGS, _rulings()),
        (MONTHS, _months()),
        (TRAIL, _trail()),
    ):
        checked = unrecorded = differing = 0
        for department, compared in found:
            checked, unrecorded = checked + compared.checked, unrecorded + compared.unrecorded
            differing += len(compared.problems)
            differences += [Difference(kind, department, text) for text in compared.problems]
        counts[kind] = (checked, differing, unrecorded)
    return Verification(counts, tuple(differences))


_Found = Iterator[tuple[int | None, Compared]]


def _sheets() -> _Found:
    rows = Sheet.objects.filter(status__in=FROZEN).select_related("audit").order_by("pk")
    rows = rows.defer("audit__pool_list", "audit__ledger", "audit__draw")
    for sheet in rows.iterator(chunk_size=20):  # each with its whole content
        yield sheet.department_id, _sheet(sheet)
    yield from _gone((SIGN,), Sheet.objects.filter(status__in=FROZEN), "已签发的评分表")


def _sheet(sheet: Sheet) -> Compared:
    record = signed_record(sheet)
    differs = list(record.differs)
    printed = (sheet.content or {}).get("anchor") or {}
    if printed.get("seq") and not Event.objects.filter(seq=printed["seq"], hash=printed["hash"]).exists():
        differs.append(f"所印留痕锚点（第{printed['seq']}条）与本机留痕不一致")
    text = f"{sheet}：{'；'.join(differs)}。"
    return Compared(1, 1 if record.note else 0, (text,) if differs else ())


def _files() -> _Found:
    rows = PacketFile.objects.select_related("sheet__audit").defer(*(f"sheet__{name}" for name in _LARGE))
    for row in rows.order_by("pk").iterator(chunk_size=200):
        yield row.sheet.department_id, _file(row)
    yield from _unmasked()


def _file(row: PacketFile) -> Compared:
    made = Event.objects.about(row.sheet).filter(action__in=_MADE, detail__kind=row.kind).first()
    return _compared_file(f"{row.sheet}的{row.get_kind_display()}", row, made)


def _unmasked() -> _Found:
    """Files of approvals in force or over; a removed one has none left to compare."""
    rows = UnmaskedFile.objects.exclude(file="").select_related("request__sheet__audit")
    rows = rows.defer(*(f"request__sheet__{name}" for name in _LARGE)).order_by("pk")
    for row in rows.iterator(chunk_size=200):
        yield row.request.department_id, _unmasked_file(row)


def _unmasked_file(row: UnmaskedFile) -> Compared:
    about = Event.objects.about(row.request.sheet).filter(action__in=_UNMASKED)
    made = about.filter(detail__approval=row.request_id, detail__kind=row.kind).first()
    what = f"{row.request.sheet}的未脱敏{row.kind.upper()}（{row.request}批准）"
    return _compared_file(what, row, made)


def _compared_file(what: str, row: PacketFile | UnmaskedFile, made: Event | None) -> Compared:
    then = made.detail.get("sha256") if made else None
    problem = _unlike(row, then or row.sha256)
    return Compared(1, 0 if then else 1, (f"{what}{problem}。",) if problem else ())


def _unlike(row: PacketFile | UnmaskedFile, sha256: str) -> str:
    """What is wrong with the stored file; "" when row and bytes are as they were made."""
    try:
        with row.file.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except (OSError, ValueError):
        return "文件不在磁盘上"
    return "" if found == sha256 == row.sha256 else "文件与生成时留痕所记的校验值不同"


def _draws() -> _Found:
    for audit in _audits():
        yield audit.department_id, compare_draw(audit)
    yield from _gone(("audits.draw",), Audit.objects.all(), "抽样")


def _rulings() -> _Found:
    for audit in _audits().defer("pool_list", "ledger", "draw"):
        yield audit.department_id, compare_permissions(audit) + compare_rulings(audit)
    for appeal in Appeal.objects.select_related("case__audit").order_by("pk"):
        yield appeal.department_id, compare_appeals([appeal])
    yield from _gone((DESCRIPTION, CONCLUSION), Review.objects.all(), "评定")
    yield from _gone(("audits.decide_appeal",), Appeal.objects.all(), "申诉复核结论")


def _audits() -> Any:
    # Planned ones too: a draw may have been set back to a plan.
    return Audit.objects.order_by("pk")


def _months() -> _Found:
    for month in MonthlyAudit.objects.order_by("pk").iterator(chunk_size=20):  # each with its whole list
        yield month.department_id, compare_month(month)
    yield from _gone((DRAW,), MonthlyAudit.objects.all(), "月度质控的抽样")
    yield from _gone((CHECK,), MonthlyCase.objects.all(), "月度质控的检查")


def _gone(actions: Iterable[str], rows: Any, what: str) -> _Found:
    """Objects of these events that the database has not, or not in this state, any more."""
    kind = rows.model._meta.label_lower
    known = set(rows.values_list("pk", flat=True))
    events = Event.objects.filter(action__in=actions, target_type=kind).order_by("seq")
    missing = {
        target: department
        for target, department in events.values_list("target_id", "department_id")
        if int(target) not in known
    }
    for target, department in missing.items():
        yield department, Compared(1, 0, (f"{what}（编号{target}）：留痕记有，数据库中没有。",))


def _trail() -> _Found:
    """The whole chain with its anchors: without it, an event edited with its object would go unseen."""
    try:
        stored = stored_anchors()
    except ValueError as unreadable:
        yield None, Compared(0, 0, (str(unreadable),))
        stored = []
    problems = (*verify(anchors=stored), *anchor_problems(stored))
    yield None, Compared(anchor().seq, 0, problems)


def last_verification() -> Event | None:
    """The event of the last run; None before the first."""
    return Event.objects.filter(action=VERIFY).order_by("-seq").first()


def count_differences() -> int:
    """How many records differ: by the last run, and by what was refused since."""
    event = last_verification()
    since = Event.objects.filter(action=DIFFERS, seq__gt=event.seq if event else 0).count()
    return (len(event.detail["differences"]) if event else 0) + since


def differences_for(user: Any, event: Event | None) -> list[str]:
    """What a run found and what was refused since, for a user: of their departments, by TOLD, and of none."""
    if not any(map(user.may, TOLD)):
        return []
    found = [(one["department"], one["text"]) for one in event.detail["differences"]] if event else []
    since = Event.objects.filter(action=DIFFERS, seq__gt=event.seq if event else 0).order_by("seq")
    found += [(one.department_id, one.detail["problem"]) for one in since]
    reaches = [user.reach(code) for code in TOLD]
    everywhere = any(reach is None for reach in reaches)
    inside = frozenset[int]().union(*(reach or () for reach in reaches))
    shown = [text for where, text in found if everywhere or where is None or where in inside]
    return list(dict.fromkeys(shown))
