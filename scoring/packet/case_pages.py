"""A case of the packet as its PDF lays it out: texts in marked pieces, notes beside them, who ruled what."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from scoring.content.parts import AssessorLine, Case, FaultMark, OutcomeFact

_TALL_TEXT = 500  # characters from which a row of rulings may run over to the next page
_FEW_NOTES = 4  # up to here all notes are printed beside the whole text
_NOTES_OF_A_ROW = 3  # of a text without a sentence's end
_LONG_REPORT, _LINE, _MANY_NOTES = 1200, 30, 12  # two thirds of a page; a line break costs half a line
_LONG_DIAGNOSIS = 80  # characters from which 临床诊断 gets the whole width, and may run over


@dataclass(frozen=True)
class Piece:
    """A stretch of report text; `sign` (①) is set on a marked one, `hard` where it costs the point."""

    text: str
    sign: str = ""
    hard: bool = False


@dataclass(frozen=True)
class Note:
    """A margin note: the sign in the text and the fault behind it."""

    sign: str
    fault: FaultMark


@dataclass(frozen=True)
class NotedRow:
    """A stretch of 影像描述 and the notes that belong beside it."""

    pieces: tuple[Piece, ...]
    notes: tuple[Note, ...]


@dataclass(frozen=True)
class CasePage:
    """A case as laid out: texts in pieces, notes beside 影像描述, faults without a place below."""

    case: Case
    technique: tuple[Piece, ...]
    findings: tuple[Piece, ...]
    impression: tuple[Piece, ...]
    notes: tuple[Note, ...]
    unplaced: tuple[Note, ...]
    assessors: tuple[str, ...]
    appeals: tuple[str, ...]

    @property
    def noted_rows(self) -> tuple[NotedRow, ...]:
        """影像描述 with its notes: in one row while they are few, else a sentence or so a row."""
        if len(self.notes) <= _FEW_NOTES:
            return (NotedRow(self.findings, self.notes),)
        return tuple(_noted_rows(self.findings, {note.sign: note for note in self.notes}))

    @property
    def is_long(self) -> bool:
        """Whether the report may be cut by a page's end: a short one stays in one piece."""
        report = self.case.report
        text = report.findings + report.impression + report.technique + report.clinical_diagnosis
        return len(text) + text.count("\n") * _LINE > _LONG_REPORT or len(self.notes) > _MANY_NOTES

    @property
    def outcomes(self) -> tuple[tuple[OutcomeFact, str], ...]:
        """Each outcome, and where it came from ("" in packets before schema 4)."""
        return tuple((outcome, outcome_origin(outcome)) for outcome in self.case.outcomes)

    @property
    def diagnosis_is_long(self) -> bool:
        text = self.case.report.clinical_diagnosis
        return len(text) > _LONG_DIAGNOSIS or text.count("\n") > 1

    @property
    def reason_below(self) -> bool:
        """Whether 影像描述 was ruled with a reason alone: no fault says why."""
        return bool(self.case.description.reason) and not self.notes and not self.unplaced

    @property
    def conclusion_facts(self) -> tuple[str, ...]:
        """What 诊断结论 was ruled beside its judgement."""
        ruling = self.case.conclusion
        labelled = (
            ("定位", ruling.localisation_zh),
            ("定性", ruling.characterisation_zh),
            ("差错", ruling.error_kind_zh),
        )
        counted = ("计1例",) if ruling.discordant else ()
        return counted + tuple(f"{label}：{word}" for label, word in labelled if word)

    @property
    def tall_rows(self) -> frozenset[str]:
        """Rows of the rulings that may be cut by a page's end; the others stay whole, label and text."""
        texts = {
            "outcomes": [outcome.text for outcome in self.case.outcomes],
            "description": [note.fault.excerpt + note.fault.reason for note in self.unplaced]
            + [self.case.description.reason],
            "conclusion": [self.case.conclusion.reason],
            "assessors": list(self.assessors),
            "appeals": list(self.appeals),
        }
        return frozenset(name for name, parts in texts.items() if _tall(parts))


def _tall(texts: list[str]) -> bool:
    return sum(map(len, texts)) > _TALL_TEXT or sum(text.count("\n") + 1 for text in texts) > 12


def outcome_origin(outcome: OutcomeFact) -> str:
    """第36号　导入 结局.csv　2026-01-02 09:10　按检查号匹配，登记人 田；由 沈 确认 2026-01-03 10:00"""
    if outcome.number is None:
        return ""
    match = f"匹配：{outcome.match_zh}"
    if outcome.confirmed_by:
        match += f"，{outcome.confirmed_by} {outcome.confirmed_at}确认"
    by = f"　登记人 {outcome.recorded_by}" if outcome.recorded_by else ""
    return f"结局第{outcome.number}号　{outcome.source}　{outcome.entered_at}{by}　{match}"


def case_page(case: Case) -> CasePage:
    """The case with its faults numbered in reading order: technique, findings, impression, others."""
    fields = ("technique", "findings", "impression")
    faults = sorted(merged_faults(case), key=lambda f: _reading_order(f, case, fields))
    notes = tuple(Note(_sign(number), fault) for number, fault in enumerate(faults, start=1))
    beside = tuple(n for n in notes if n.fault.field == "findings" and _has_place(n.fault, case))
    texts = {name: _pieces(getattr(case.report, name), name, notes) for name in fields}
    signs = {f"{n.fault.clause}　{n.fault.reason}": n.sign for n in notes}
    return CasePage(
        case,
        **texts,
        notes=beside,
        unplaced=tuple(n for n in notes if n not in beside),
        assessors=tuple(assessor_line(line, signs) for line in case.assessors),
        appeals=tuple(line.sentence for line in case.appeals or ()),
    )


def merged_faults(case: Case) -> tuple[FaultMark, ...]:
    """The faults, one that both readers marked alike printed once with both names."""
    found: dict[FaultMark, list[str]] = {}
    for fault in case.description.faults:
        found.setdefault(replace(fault, by=""), []).append(fault.by)
    return tuple(replace(fault, by="、".join(dict.fromkeys(by))) for fault, by in found.items())


def assessor_line(line: AssessorLine, signs: Mapping[str, str] | None = None) -> str:
    """第一评审　评一：2025-10-16　描述 规范 10:01；结局揭示 10:02；结论 符合 10:03 (the day said once).

    `signs`: faults that are printed beside the text already, named by their sign alone.
    """
    day = line.description_at[:10]
    steps = [f"描述 {line.description_zh} {_within(day, line.description_at)}".rstrip()]
    if line.outcome_seen_at:
        steps.append(f"结局揭示 {_within(day, line.outcome_seen_at)}")
    steps.append(f"结论 {line.judgement_zh} {_within(day, line.conclusion_at)}".rstrip())
    note = f"。{line.note}" if line.note else ""
    said = f"{line.reader_zh}　{line.assessor}：{day + '　' if day else ''}{'；'.join(steps)}{note}"
    return "\n".join((said, *reader_reasons(line, signs)))


def reader_reasons(line: AssessorLine, signs: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """What the reader gave as reasons, as sentences; () in packets of before, which have none."""
    shown = dict.fromkeys((signs or {}).get(fault, fault) for fault in line.faults or ())
    faults = "；".join(shown)
    seen = (line.localisation_zh, line.characterisation_zh, line.error_kind_zh)
    parts = (
        ("描述", (faults, line.description_reason)),
        ("结论", ("，".join(word for word in seen if word), line.conclusion_reason)),
    )
    lines = ((name, "；".join(word.rstrip("。；") for word in words if word)) for name, words in parts)
    return tuple(f"　{name}：{words}。" for name, words in lines if words)


def _noted_rows(pieces: tuple[Piece, ...], notes: dict[str, Note]) -> Iterator[NotedRow]:
    """Rows that end with the sentence of their first mark: a note is never printed pages away from it."""
    row: list[Piece] = []
    beside: list[Note] = []
    for piece in pieces:
        text = piece.text
        if piece.sign:
            row.append(piece)
            beside += [notes[piece.sign]] if piece.sign in notes else []
        elif beside:
            end = _sentence_end(text)
            row.append(Piece(text[:end]))
            if end < len(text) or text[-1:] in "。\n":
                yield NotedRow(tuple(row), tuple(beside))
                row, beside = ([Piece(text[end:])] if end < len(text) else []), []
        else:
            row.append(piece)
        if len(beside) >= _NOTES_OF_A_ROW:
            yield NotedRow(tuple(row), tuple(beside))
            row, beside = [], []
    if row or beside:
        yield NotedRow(tuple(row), tuple(beside))


def _sentence_end(text: str) -> int:
    """The place after the first 。 or line break; the whole length without one."""
    ends = [place + 1 for place in (text.find("。"), text.find("\n")) if place >= 0]
    return min(ends, default=len(text))


def _within(day: str, moment: str) -> str:
    return moment[11:] if day and moment.startswith(day) else moment


def _reading_order(fault: FaultMark, case: Case, fields: tuple[str, ...]) -> tuple[int, int]:
    if not _has_place(fault, case) or fault.field not in fields:
        return (len(fields), 0)
    return (fields.index(fault.field), fault.start or 0)


def _has_place(fault: FaultMark, case: Case) -> bool:
    text = getattr(case.report, fault.field, "") if fault.field else ""
    return fault.start is not None and fault.end is not None and fault.start < fault.end <= len(text)


def _pieces(text: str, field: str, notes: tuple[Note, ...]) -> tuple[Piece, ...]:
    """The text cut at its marks. Marks that overlap keep their own sign, the later one starts where the
    earlier one ends."""
    pieces, done = [], 0
    for note in notes:
        fault = note.fault
        if fault.field != field or fault.start is None or fault.end is None or fault.end > len(text):
            continue
        start = max(fault.start, done)
        if start > done:
            pieces.append(Piece(text[done:start]))
        pieces.append(Piece(text[start : max(fault.end, start)], note.sign, fault.counts))
        done = max(fault.end, start)
    if done < len(text):
        pieces.append(Piece(text[done:]))
    return tuple(pieces)


def _sign(number: int) -> str:
    return chr(0x245F + number) if number <= 20 else f"({number})"
