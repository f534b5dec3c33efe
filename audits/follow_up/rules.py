"""data/follow_up.yaml as values; what it does not know is refused."""

from collections import Counter
from functools import lru_cache
from pathlib import Path

from audits.follow_up.domain.follow_up import FollowUpRules
from standards.loader import convert, parse_yaml

FILE = Path(__file__).resolve().parent / "data" / "follow_up.yaml"
READ_FIELDS = ("clinical_diagnosis", "surgical_history", "findings", "impression")
# What a part may follow: only what comes before it in the record.
_ORDER = ("examination", "outcome", "judgement", "feedback", "receipt")


@lru_cache(maxsize=1)
def follow_up_rules() -> FollowUpRules:
    """The rules of this installation."""
    return parse_rules(FILE.read_text(encoding="utf-8"))


def parse_rules(text: str) -> FollowUpRules:
    """The file's text as values; ValueError on unknown keys, wrong types, and impossible values."""
    rules: FollowUpRules = convert(FollowUpRules, parse_yaml(text), "follow_up")
    for what, codes in (("parts", [p.code for p in rules.parts]), ("cues", [c.code for c in rules.cues])):
        twice = sorted(code for code, count in Counter(codes).items() if count > 1)
        if twice:
            raise ValueError(f"follow_up: {what} given twice {twice}")
    for part in rules.parts:
        if part.days < 1 or _ORDER.index(part.after) >= _ORDER.index(part.code):
            raise ValueError(f"follow_up: part {part.code} must follow an earlier one by at least a day")
    for cue in rules.cues:
        unknown = sorted(set(cue.fields) - set(READ_FIELDS))
        if unknown or not cue.fields or not cue.words or "" in (*cue.words, *cue.unless):
            raise ValueError(f"follow_up: cue {cue.code}: unknown fields {unknown}, or no words")
    if not rules.parts or rules.window_days < 1:
        raise ValueError("follow_up: needs parts and a window of at least a day")
    return rules
