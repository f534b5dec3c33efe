"""随访与反馈 (row 1.3): which reports are worth following up, and when the record of one is complete.

The parts of a record and their periods are data (data/follow_up.yaml): the draft names none. Within
the period a record that lacks a part is 随访中, afterwards it is 不完整; the sentence names what is missing.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Literal

from audits.judging.domain.concordance import ErrorKind, Judgement
from audits.labels import LabelledEnum

PartCode = Literal["outcome", "judgement", "feedback", "receipt"]
Milestone = Literal["examination", "outcome", "judgement", "feedback"]
CueKind = Literal["operated", "difficult"]
FoundKind = Literal["operated", "difficult", "followed"]
_SENTENCE_END = re.compile(r"[。；;\n]")
_BEFORE, _AFTER = 24, 16  # characters shown before the word that was found, and from it on


class State(LabelledEnum):
    """State of the record of one case."""

    COMPLETE = "complete", "完整"
    RUNNING = "running", "随访中"
    INCOMPLETE = "incomplete", "不完整"


@dataclass(frozen=True)
class Part:
    """A part a complete record has: due so many days after the milestone, the last day in time."""

    code: PartCode
    name_zh: str
    after: Milestone
    days: int
    missing_zh: str


@dataclass(frozen=True)
class Cue:
    """Words in a field that make a report a candidate."""

    code: str
    kind: CueKind
    name_zh: str
    fields: tuple[str, ...]
    words: tuple[str, ...]
    unless: tuple[str, ...]


@dataclass(frozen=True)
class FollowUpRules:
    """The content of the data file."""

    note_zh: str
    window_days: int
    parts: tuple[Part, ...]
    cues: tuple[Cue, ...]

    @cached_property
    def by_code(self) -> dict[str, Part]:
        return {part.code: part for part in self.parts}

    @cached_property
    def fields(self) -> tuple[str, ...]:
        """The fields of a report some cue reads."""
        return tuple(dict.fromkeys(name for cue in self.cues for name in cue.fields))


@dataclass(frozen=True)
class Found:
    """A cue that was found: its code, kind and name, and the text around it ("" for an outcome)."""

    code: str
    kind: FoundKind
    name_zh: str
    excerpt: str


@dataclass(frozen=True)
class Facts:
    """The days on which each part of one record was done; None: not yet. `judgement_on` needs an outcome."""

    examination_on: date | None
    outcome_on: date | None = None
    judgement_on: date | None = None
    feedback_on: date | None = None
    receipt_on: date | None = None

    def done_on(self, code: str) -> date | None:
        """The day of a part or a milestone."""
        days = {
            "examination": self.examination_on,
            "outcome": self.outcome_on,
            "judgement": self.judgement_on,
            "feedback": self.feedback_on,
            "receipt": self.receipt_on,
        }
        return days[code]


@dataclass(frozen=True)
class Missing:
    """A part that is not there: `due_on` None while what it follows is missing too."""

    part: Part
    due_on: date | None
    is_overdue: bool

    @property
    def sentence(self) -> str:
        if self.due_on is None:
            return f"{self.part.missing_zh}。"
        word = "，已逾期" if self.is_overdue else ""
        return f"{self.part.missing_zh}（期限 {self.due_on}{word}）。"


@dataclass(frozen=True)
class FollowUpStatus:
    """The state of a record on a day, and its missing parts in order."""

    state: State
    missing: tuple[Missing, ...]

    @property
    def sentences(self) -> tuple[str, ...]:
        return tuple(missing.sentence for missing in self.missing)

    @property
    def brief(self) -> str:
        """The first missing part with its day, and the names of those that follow; "" when complete."""
        if not self.missing:
            return ""
        later = "、".join(one.part.name_zh for one in self.missing[1:])
        return self.missing[0].sentence + (f"其后缺：{later}。" if later else "")

    @property
    def next_part(self) -> Part | None:
        return self.missing[0].part if self.missing else None

    @property
    def due_on(self) -> date | None:
        """The day by which the next part is to be done."""
        return next((missing.due_on for missing in self.missing if missing.due_on), None)


def follow_up_status(facts: Facts, rules: FollowUpRules, on: date) -> FollowUpStatus:
    """Complete when every part is done; incomplete when one is missing after its last day."""
    missing = tuple(_missing(part, facts, on) for part in rules.parts if facts.done_on(part.code) is None)
    if not missing:
        return FollowUpStatus(State.COMPLETE, ())
    late = any(one.is_overdue for one in missing)
    return FollowUpStatus(State.INCOMPLETE if late else State.RUNNING, missing)


def _missing(part: Part, facts: Facts, on: date) -> Missing:
    since = facts.done_on(part.after)
    if since is None:
        return Missing(part, None, False)
    due_on = since + timedelta(days=part.days)
    return Missing(part, due_on, due_on < on)


def cues_in(texts: Mapping[str, str | None], rules: FollowUpRules) -> tuple[Found, ...]:
    """The cues in the texts of a report, each with the first place where it was found."""
    found = []
    for cue in rules.cues:
        excerpt = next((e for name in cue.fields for e in _speaking(texts.get(name) or "", cue)), "")
        if excerpt:
            found.append(Found(cue.code, cue.kind, cue.name_zh, excerpt))
    return tuple(found)


def _speaking(text: str, cue: Cue) -> Iterable[str]:
    if not any(word in text for word in cue.words):
        return
    for sentence in _SENTENCE_END.split(text):
        places = [sentence.find(word) for word in cue.words if word in sentence]
        if places and not any(word in sentence for word in cue.unless):
            start = max(0, min(places) - _BEFORE)
            yield sentence[start : min(places) + _AFTER].strip()


def note_problems(judgement: Judgement, error_kind: ErrorKind, note: str) -> tuple[str, ...]:
    """Contradictions in a follow-up's judgement, as sentences; quarterly rulings have rules of their own."""
    problems = []
    if judgement is Judgement.DISCORDANT and error_kind is ErrorKind.NONE:
        problems.append("评价为“不符合”须指明漏诊、误诊或过诊。")
    if judgement is not Judgement.DISCORDANT and error_kind is not ErrorKind.NONE:
        problems.append(f"评价为“{judgement.zh}”，不能同时记为{error_kind.zh}。")
    if judgement in (Judgement.DISCORDANT, Judgement.UNDECIDABLE) and not note.strip():
        problems.append(f"评价为“{judgement.zh}”须写明对照说明。")
    return tuple(problems)


@dataclass(frozen=True)
class Tally:
    """Records of a period counted by state."""

    complete: int
    running: int
    incomplete: int

    @property
    def total(self) -> int:
        return self.complete + self.running + self.incomplete


def tally(states: Iterable[State]) -> Tally:
    """Counts of the three states."""
    found = list(states)
    return Tally(found.count(State.COMPLETE), found.count(State.RUNNING), found.count(State.INCOMPLETE))
