"""Frozen dataclasses ↔ plain JSON values, strictly: no key unknown, none missing, every value of its type."""

import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import lru_cache
from typing import Any, Union, get_args, get_origin, get_type_hints


class UnfitPacketError(ValueError):
    """Not a packet document; the message is a Chinese sentence naming the place."""


def to_plain(value: Any) -> Any:
    """Dataclasses become objects, tuples lists; everything else stays as it is."""
    if is_dataclass(value):
        return {field.name: to_plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [to_plain(part) for part in value]
    return value


def from_plain(kind: Any, raw: Any, where: str = "文件") -> Any:
    """The value of type `kind`. Raises UnfitPacketError; a float is never accepted for a whole number."""
    origin = get_origin(kind)
    if origin in (types.UnionType, Union):
        inner = next(part for part in get_args(kind) if part is not type(None))
        return None if raw is None else from_plain(inner, raw, where)
    if origin is tuple:
        if not isinstance(raw, list | tuple):
            raise UnfitPacketError(f"{where}应为列表，收到{_shown(raw)}。")
        return tuple(from_plain(get_args(kind)[0], part, f"{where}[{i}]") for i, part in enumerate(raw))
    if is_dataclass(kind):
        return _dataclass(kind, raw, where)
    if origin is dict:
        if not isinstance(raw, dict):
            raise UnfitPacketError(f"{where}应为对象，收到{_shown(raw)}。")
        return raw
    if type(raw) is not kind:
        raise UnfitPacketError(f"{where}应为{_WORDS[kind]}，收到{_shown(raw)}。")
    return raw


_WORDS = {str: "文本", int: "整数", bool: "是或否"}


def _dataclass(kind: type, raw: Any, where: str) -> Any:
    if not isinstance(raw, Mapping):
        raise UnfitPacketError(f"{where}应为对象，收到{_shown(raw)}。")
    hints = _hints(kind)
    if unknown := sorted(map(str, raw.keys() - hints.keys())):
        raise UnfitPacketError(f"{where}中有未知的项：{'、'.join(unknown)}。")
    # A part that came later has None for default: an older packet simply does not have it.
    later = {field.name for field in fields(kind) if field.default is None}
    if missing := sorted(hints.keys() - raw.keys() - later):
        raise UnfitPacketError(f"{where}缺少必需的项：{'、'.join(missing)}。")
    given = {name: hint for name, hint in hints.items() if name in raw}
    return kind(**{name: from_plain(hint, raw[name], f"{where}.{name}") for name, hint in given.items()})


@lru_cache(maxsize=64)
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _shown(raw: Any) -> str:
    return "空值" if raw is None else f"“{str(raw)[:40]}”"
