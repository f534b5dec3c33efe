"""Map a header to a field by the words in it; `columns` decides ambiguous headers from the cells."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from reports.intake import exam_record_synonyms, synonyms
from reports.intake.concepts import fields_of_initials, fields_of_words, is_short
from reports.intake.labels import LABELS_OF, NEEDED
from reports.intake.syllables import in_both

FIELDS_OF = {
    "reports": synonyms.REPORTS,
    "outcomes": synonyms.OUTCOMES,
    "requests": exam_record_synonyms.REQUESTS,
    "alerts": exam_record_synonyms.ALERTS,
}
_BRACKETS = re.compile(r"[(\[{【〔<《「].*?[)\]}】〕>》」]")
_NOISE = re.compile(r"[\s_\-—.:;,，。、/\\|*#'\"`~·?!&+№@$%^=]+")
_PARTS = re.compile(r"[/、|\\,，;；+&]|及|和|与")
_LATIN_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
# A header in two languages: Patient Name 姓名, 检查号 Accession No.
_HALVES = (
    re.compile(r"([A-Za-z][A-Za-z0-9 _./#-]+?)[\s/|]*([\u4e00-\u9fff].*)"),
    re.compile(r"(.*[\u4e00-\u9fff])[\s/|]*([A-Za-z][A-Za-z0-9 _./#-]+)"),
)
# A header made of known words ranks after the listed names of its step and before those of the next step.
_STEP, _BY_WORDS, _BY_INITIALS, _UNRANKED = 10, 5, 7, 99


def normal(text: str) -> str:
    """Normalised header: half-width lower case without spaces, bracketed units and punctuation."""
    plain = unicodedata.normalize("NFKC", text).lower()
    bare = _NOISE.sub("", _BRACKETS.sub("", plain))
    return bare or _NOISE.sub("", re.sub(r"[()\[\]{}【】]", "", plain))


@lru_cache(maxsize=len(FIELDS_OF))
def _patterns(kind: str) -> dict[str, tuple[re.Pattern[str], ...]]:
    table = FIELDS_OF[kind]
    return {name: tuple(re.compile(in_both(p)) for p in given) for name, given in table.items()}


@lru_cache(maxsize=4096)
def meaning(text: str, kind: str) -> str:
    """The field a header names ("sex+age" for a combined one), or an empty string."""
    key = normal(text)
    if not key or len(key) > 40 or is_unwanted(text) or is_counter(text):
        return ""
    found = _meaning_of(key, kind)
    if found:
        return found
    parts = [normal(p) for p in _PARTS.split(unicodedata.normalize("NFKC", text)) if normal(p)]
    fields = [_meaning_of(p, kind) for p in parts]
    if len(parts) > 1 and all(fields) and len(set(fields)) == len(fields):
        return "+".join(fields)
    shorter = next(filter(None, (_meaning_of(short, kind) for short in _shortened(text, key))), "")
    return shorter or _of_words(text, key, kind) or _of_halves(text, kind)


def _of_words(text: str, key: str, kind: str) -> str:
    """Field named by a header made of known words; empty if it could be two fields."""
    named = fields_of_words(text, key, kind)
    return named[0][0] if len(named) == 1 else ""


def _of_halves(text: str, kind: str) -> str:
    """Field on which both halves of a bilingual header agree, or which only one of them names."""
    plain = unicodedata.normalize("NFKC", text).strip()
    halves = next(filter(None, (pattern.fullmatch(plain) for pattern in _HALVES)), None)
    named = {meaning(half, kind) for half in halves.groups()} - {""} if halves else set()
    return named.pop() if len(named) == 1 else ""


@lru_cache(maxsize=4096)
def possible(text: str, kind: str) -> tuple[str, ...]:
    """Fields that a header in pinyin initials may mean; the cells below decide which."""
    if meaning(text, kind) or is_unwanted(text) or is_counter(text):
        return ()
    return tuple(field for field, _ in fields_of_initials(normal(text), kind))


def _shortened(text: str, key: str) -> Iterable[str]:
    """Header variants without words for owner or system (影像检查流水号, RPT_FINDINGS), longest first.

    Variants that are too generic are dropped: a bare 编号 or NAME could belong to anything.
    """
    found: dict[str, None] = {}
    waiting = [key]
    while waiting:
        longer = waiting.pop(0)
        shorter = [longer.removeprefix(head) for head in synonyms.NEUTRAL_HEADS if longer.startswith(head)]
        shorter += [longer.removesuffix(tail) for tail in synonyms.NEUTRAL_TAILS if longer.endswith(tail)]
        waiting += [s for s in shorter if s not in found]
        found.update(dict.fromkeys(shorter))
    words = _LATIN_WORDS.findall(text)
    if len(words) > 1 and normal("".join(words)) == key:
        found.update(dict.fromkeys(normal("".join(words[place:])) for place in range(1, len(words))))
    long_enough = (s for s in found if (len(s) >= 3 and not is_short(s)) or s in synonyms.TELLING)
    return sorted((s for s in long_enough if s not in synonyms.GENERIC), key=len, reverse=True)


def is_counter(text: str) -> bool:
    """True for a column that only numbers the rows."""
    return re.fullmatch(in_both(synonyms.COUNTER), normal(text)) is not None


def is_unwanted(text: str) -> bool:
    """True for personal or billing data that no clause requires: such columns are not stored."""
    return re.fullmatch(in_both(synonyms.UNWANTED), normal(text)) is not None


def _meaning_of(key: str, kind: str) -> str:
    ranked = [(i, name) for name, ps in _patterns(kind).items() for i, p in enumerate(ps) if p.fullmatch(key)]
    return min(ranked, key=lambda r: r[0])[1] if ranked else ""


def is_listed(text: str, field: str, kind: str) -> bool:
    """True if the header, in full or shortened, is a listed name of the field."""
    key = normal(text)
    keys = (key, *_shortened(text, key))
    return any(pattern.fullmatch(each) for each in keys for pattern in _patterns(kind).get(field, ()))


def rank(text: str, field: str, kind: str) -> int:
    """Rank of a header as a name of its field: 0 is the clearest name."""
    key, patterns = normal(text), _patterns(kind).get(field, ())
    listed = next((place for place, pattern in enumerate(patterns) if pattern.fullmatch(key)), None)
    if listed is not None:
        return listed * _STEP
    by_words = dict(fields_of_words(text, key, kind))
    if field in by_words:
        return _BY_WORDS + by_words[field] * _STEP
    by_initials = dict(fields_of_initials(key, kind))
    return _BY_INITIALS + by_initials[field] * _STEP if field in by_initials else _UNRANKED


def missing(fields: Iterable[str], kind: str) -> list[str]:
    """Labels of the required columns that `fields` do not cover."""
    labels = LABELS_OF[kind]
    have = {name for value in fields for name in value.split("+")}
    groups = [g for g in NEEDED[kind] if not have & set(g)]
    return ["或".join(labels[n] for n in group if n != "report_text") for group in groups]
