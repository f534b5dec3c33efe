"""data/<edition>/*.yaml → Edition. Unknown keys are errors: a typo must not pass as an absent rule."""

from collections.abc import Hashable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType, NoneType, UnionType
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

import yaml

from standards.anatomy import Structure
from standards.consistency import inconsistencies
from standards.edition import Chapter, Clause, Decision, Edition, ReportTemplate, RuleWords, Terms
from standards.evidence import RowEvidence
from standards.scoresheet import ScoreSheetDefinition

DATA = Path(__file__).resolve().parent / "data"
CURRENT = "db11-draft"
FILES = (
    "edition",
    "clauses",
    "scoresheet",
    "evidence",
    "decisions",
    "template",
    "terms",
    "anatomy",
    "gists",
    "rules",
)

# libyaml parses the register eight times faster than pure Python; a wheel without it still works.
_SafeLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_T = TypeVar("_T")


class _Loader(_SafeLoader):  # the base is chosen at run time
    """Refuses duplicate keys, of which YAML libraries silently take the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        twice = sorted({str(key) for key in keys if keys.count(key) > 1})
        if twice:
            raise ValueError(f"keys given twice {twice} near line {node.start_mark.line + 1}")
        mapping: dict[Hashable, Any] = super().construct_mapping(node, deep=deep)
        return mapping


def current_edition() -> Edition:
    """The edition new sheets are scored by."""
    return load_edition(CURRENT)


@lru_cache(maxsize=8)
def load_edition(edition_id: str) -> Edition:
    """The edition called `edition_id`; ValueError when it is not installed, malformed or inconsistent."""
    edition = read_edition(edition_id)
    problems = inconsistencies(edition)
    if problems:
        raise ValueError(f"edition {edition_id}: " + "; ".join(problems))
    return edition


def edition_ids() -> tuple[str, ...]:
    """The installed editions, sorted."""
    return tuple(sorted(path.parent.name for path in DATA.glob("*/edition.yaml")))


def read_edition(edition_id: str) -> Edition:
    """The edition with keys and types checked, but not yet its consistency (see checks.py)."""
    # A name is compared with the listing, never used as a path: "../x" is just not installed.
    if edition_id not in edition_ids():
        raise ValueError(f"edition {edition_id!r}: not installed")
    return build_edition(edition_id, {name: _yaml(DATA / edition_id / f"{name}.yaml") for name in FILES})


def build_edition(edition_id: str, raw: Mapping[str, Any]) -> Edition:
    """The parsed files (see FILES) as an Edition; ValueError on unknown or missing keys and wrong types."""
    head = _mapping(raw["edition"], "edition")
    _exactly(head, {"id", "number_zh", "title_zh", "status_zh", "chapters"}, set(), "edition")
    if head["id"] != edition_id:
        raise ValueError(f"edition {edition_id!r}: its file names {head['id']!r}")
    return Edition(
        id=edition_id,
        number_zh=convert(str, head["number_zh"], "edition number_zh"),
        title_zh=convert(str, head["title_zh"], "edition title_zh"),
        status_zh=convert(str, head["status_zh"], "edition status_zh"),
        chapters=_records(Chapter, head["chapters"], "chapter", "number"),
        clauses=_records(Clause, raw["clauses"], "clause", "number"),
        sheet=convert(ScoreSheetDefinition, raw["scoresheet"], "scoresheet"),
        decisions=_records(Decision, raw["decisions"], "decision", "id"),
        template=convert(ReportTemplate, raw["template"], "template"),
        terms=convert(Terms, raw["terms"], "terms"),
        anatomy=convert(Mapping[str, Structure], raw["anatomy"], "anatomy"),
        gists_zh=convert(Mapping[str, str], raw["gists"], "gists"),
        rules=convert(Mapping[str, RuleWords], raw["rules"], "rules"),
        evidence=_records(RowEvidence, raw["evidence"], "evidence of row", "row"),
    )


def parse_yaml(text: str) -> Any:
    """YAML text → plain values; ValueError when malformed or when a key is given twice."""
    try:
        return yaml.load(text, Loader=_Loader)  # noqa: S506  a subclass of SafeLoader
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from error


def _yaml(path: Path) -> Any:
    try:
        return parse_yaml(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ValueError(f"{path.parent.name}/{path.name}: {error}") from error


def _records(kind: type[_T], raw: Any, word: str, key: str) -> tuple[_T, ...]:
    """A list of mappings, each named in errors by its own key: "clause 6.4.3.4: unknown keys …"."""
    if not isinstance(raw, list):
        raise ValueError(f"{word} list: expected a list, found {type(raw).__name__}")
    return tuple(
        convert(kind, item, f"{word} {item.get(key, f'at position {place}')}")
        if isinstance(item, dict)
        else convert(kind, item, f"{word} at position {place}")
        for place, item in enumerate(raw, start=1)
    )


def convert(kind: Any, raw: Any, where: str) -> Any:
    """`raw` as `kind`: a dataclass, tuple, Mapping, Literal, str, int, bool or X | None.

    ValueError starts with `where` and says what was found instead.
    """
    if is_dataclass(kind):
        return _record(kind, raw, where)
    origin = get_origin(kind)
    if origin is tuple:
        return _sequence(get_args(kind)[0], raw, where)
    if origin is Literal:
        if not isinstance(raw, str) or raw not in get_args(kind):
            raise ValueError(f"{where}: {raw!r} not in {sorted(get_args(kind))}")
        return raw
    if origin is UnionType:
        (inner,) = (part for part in get_args(kind) if part is not NoneType)
        return None if raw is None else convert(inner, raw, where)
    if origin is not None:
        value_kind = get_args(kind)[1]
        items = _mapping(raw, where).items()
        return MappingProxyType({key: convert(value_kind, value, f"{where}.{key}") for key, value in items})
    # bool is an int in Python; `type is` keeps true out of a points column.
    if type(raw) is not kind:
        raise ValueError(f"{where}: expected {kind.__name__}, found {type(raw).__name__} {raw!r}")
    return raw


def _record(kind: Any, raw: Any, where: str) -> Any:
    mapping = _mapping(raw, where)
    hints, optional = _shape(kind)
    _exactly(mapping, set(hints) - optional, optional, where)
    return kind(**{key: convert(hints[key], value, f"{where}.{key}") for key, value in mapping.items()})


@lru_cache(maxsize=64)
def _shape(kind: Any) -> tuple[dict[str, Any], set[str]]:
    """A dataclass's field types by name, and which of them may be left out."""
    optional = {f.name for f in fields(kind) if f.default is not MISSING or f.default_factory is not MISSING}
    return get_type_hints(kind), optional


def _sequence(kind: Any, raw: Any, where: str) -> tuple[Any, ...]:
    if not isinstance(raw, list):
        raise ValueError(f"{where}: expected list, found {type(raw).__name__} {raw!r}")
    return tuple(convert(kind, item, f"{where}[{place}]") for place, item in enumerate(raw))


def _mapping(raw: Any, where: str) -> dict[str, Any]:
    if not isinstance(raw, dict) or not all(isinstance(key, str) for key in raw):
        raise ValueError(f"{where}: expected a mapping with text keys, found {type(raw).__name__}")
    return raw


def _exactly(mapping: Mapping[str, Any], required: set[str], optional: set[str], where: str) -> None:
    unknown = set(mapping) - required - optional
    if unknown:
        raise ValueError(f"{where}: unknown keys {sorted(unknown)}")
    missing = required - set(mapping)
    if missing:
        raise ValueError(f"{where}: missing keys {sorted(missing)}")
