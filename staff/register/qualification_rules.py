"""staff/register/data/qualifications.yaml as values; a key it does not know is refused."""

from collections import Counter
from functools import lru_cache
from pathlib import Path

from staff.register.domain.rules import QualificationRules
from standards.loader import convert, parse_yaml

FILE = Path(__file__).resolve().parent / "data" / "qualifications.yaml"


@lru_cache(maxsize=1)
def qualification_rules() -> QualificationRules:
    """The kinds of qualification of this installation."""
    return parse_rules(FILE.read_text(encoding="utf-8"))


def parse_rules(text: str) -> QualificationRules:
    """The file's text as values; ValueError on unknown or missing keys, wrong types and double codes."""
    rules: QualificationRules = convert(QualificationRules, parse_yaml(text), "qualifications")
    twice = sorted(code for code, count in Counter(kind.code for kind in rules.types).items() if count > 1)
    if twice:
        raise ValueError(f"qualifications: types given twice {twice}")
    if list(rules.warning_days) != sorted(set(rules.warning_days), reverse=True) or 0 in rules.warning_days:
        raise ValueError("qualifications: warning_days must fall, each a positive number once")
    if not rules.practice_scopes or any(kind.cycle_years == 0 for kind in rules.types):
        raise ValueError("qualifications: practice_scopes must not be empty, nor a cycle 0 years")
    return rules
