"""Frozen dataclasses ↔ plain JSON values, strictly: no key unknown, none missing, every value of its type.

A document states the number of its schema. A part added by a later schema (`since`) is neither read
from nor written to an older document, so that the older content hash does not change; from its schema on the
part is required.
"""

import types
from collections.abc import Mapping
from dataclasses import Field, field, fields, is_dataclass
from functools import lru_cache
from typing import Any, Union, get_args, get_origin, get_type_hints

_NEVER = 1_000_000  # beyond every schema: due in none


class UnfitPacketError(ValueError):
    """Not a packet document; the message is a Chinese sentence naming the place."""


def since(schema: int, *, seen_before: bool = False) -> Any:
    """A field that documents have from `schema` on; None in older ones. Its type must allow None.

    `seen_before`: some documents of the schema before have it already, others do not.
    """
    return field(default=None, metadata={"since": schema, "seen_before": seen_before})


def where_set() -> Any:
    """An optional field of any schema: its key is left out where it is None."""
    return since(_NEVER, seen_before=True)


def to_plain(value: Any, schema: int) -> Any:
    """Dataclasses become objects, tuples lists; everything else stays as it is."""
    if is_dataclass(value):
        return {
            part.name: to_plain(getattr(value, part.name), schema)
            for part in fields(value)
            if _is_due(part, schema) or (_may_be(part, schema) and getattr(value, part.name) is not None)
        }
    if isinstance(value, tuple):
        return [to_plain(part, schema) for part in value]
    return value


def _is_due(part: Field[Any], schema: int) -> bool:
    return bool(schema >= part.metadata.get("since", 1))


def _may_be(part: Field[Any], schema: int) -> bool:
    return _is_due(part, schema) or bool(part.metadata.get("seen_before"))


def from_plain(kind: Any, raw: Any, schema: int, where: str = "文件") -> Any:
    """The value of type `kind`. Raises UnfitPacketError; a float is never accepted for a whole number."""
    origin = get_origin(kind)
    if origin in (types.UnionType, Union):
        inner = next(part for part in get_args(kind) if part is not type(None))
        return None if raw is None else from_plain(inner, raw, schema, where)
    if origin is tuple:
        if not isinstance(raw, list | tuple):
            raise UnfitPacketError(f"{where}应为列表，收到{_shown(raw)}。")
        inner = get_args(kind)[0]
        return tuple(from_plain(inner, part, schema, f"{where}[{i}]") for i, part in enumerate(raw))
    if is_dataclass(kind):
        return _dataclass(kind, raw, schema, where)
    if origin is dict:
        if not isinstance(raw, dict):
            raise UnfitPacketError(f"{where}应为对象，收到{_shown(raw)}。")
        return raw
    if type(raw) is not kind:
        raise UnfitPacketError(f"{where}应为{_WORDS[kind]}，收到{_shown(raw)}。")
    return raw


_WORDS = {str: "文本", int: "整数", bool: "是或否"}


def _dataclass(kind: Any, raw: Any, schema: int, where: str) -> Any:
    if not isinstance(raw, Mapping):
        raise UnfitPacketError(f"{where}应为对象，收到{_shown(raw)}。")
    hints = _hints(kind)
    known = {part.name for part in fields(kind) if _may_be(part, schema)}
    if unknown := sorted(map(str, raw.keys() - known)):
        raise UnfitPacketError(f"{where}中有未知的项：{'、'.join(unknown)}。")
    due = {part.name for part in fields(kind) if _is_due(part, schema)}
    if missing := sorted(due - raw.keys()):
        raise UnfitPacketError(f"{where}缺少必需的项：{'、'.join(missing)}。")
    given = {name: hint for name, hint in hints.items() if name in raw}
    return kind(
        **{name: from_plain(hint, raw[name], schema, f"{where}.{name}") for name, hint in given.items()}
    )


@lru_cache(maxsize=64)
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _shown(raw: Any) -> str:
    return "空值" if raw is None else f"“{str(raw)[:40]}”"
