"""Chinese labels of what the trail stores: actions, target types, keys of `detail` and the codes under them.

Each app states its own in `<app>/trail_labels.py` as `LABELS = Labels(...)`; the trail joins those of all
installed apps and refuses what two apps state. `trail.chain.record` refuses an action without a label.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps

MODULE = "trail_labels"
RESULTS = {"done": "完成", "refused": "被拒"}

Codes = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Labels:
    """Labels of one app, or of all together. `codes`: labels of stored codes, by the key of `detail`."""

    actions: Mapping[str, str] = field(default_factory=dict)
    targets: Mapping[str, str] = field(default_factory=dict)
    details: Mapping[str, str] = field(default_factory=dict)
    codes: Codes = field(default_factory=dict)


@cache
def labels() -> Labels:
    """The labels of all installed apps, in the order of INSTALLED_APPS. ValueError for one stated twice."""
    modules = (f"{config.name}.{MODULE}" for config in apps.get_app_configs())
    return joined(import_module(module).LABELS for module in modules if find_spec(module))


def joined(parts: Iterable[Labels]) -> Labels:
    """All labels of `parts` as one value. ValueError when two parts state the same action, key or code."""
    actions: dict[str, str] = {}
    targets: dict[str, str] = {}
    details: dict[str, str] = {}
    codes: dict[str, dict[str, str]] = {}
    for part in parts:
        _add(actions, part.actions, "action")
        _add(targets, part.targets, "target")
        _add(details, part.details, "detail")
        for key, values in part.codes.items():
            _add(codes.setdefault(key, {}), values, f"code of {key}")
    return Labels(actions, targets, details, codes)


def _add(known: dict[str, str], more: Mapping[str, str], what: str) -> None:
    if twice := sorted(known.keys() & more.keys()):
        raise ValueError(f"trail labels: {what} stated by two apps: {', '.join(twice)}")
    known.update(more)


def action_label(action: str) -> str:
    """The label of an action; the action itself when an event of an earlier version has none now."""
    return labels().actions.get(action, action)


def detail_labels(detail: Mapping[str, Any], more: Codes | None = None) -> list[tuple[str, str]]:
    """(label, text) of every part of an event's detail. A pair of old and new reads 甲 → 乙, an empty one 无.

    `more`: labels for codes that are data and not code (role names), by the key of `detail`.
    """
    names, codes = labels().details, {**labels().codes, **(more or {})}
    pairs: list[tuple[str, str]] = []
    for key, value in detail.items():
        if key == "changed" and isinstance(value, dict):
            pairs += [
                (names.get(name, name), _change_text(pair, codes.get(name, {})))
                for name, pair in value.items()
            ]
        else:
            pairs.append((names.get(key, key), _text(value, codes.get(key, {}))))
    return pairs


def _change_text(pair: Any, codes: Mapping[str, str]) -> str:
    if isinstance(pair, list):
        return " → ".join(_text(part, codes) for part in pair)
    return _text(pair, codes)


def _text(value: Any, codes: Mapping[str, str]) -> str:
    if value is None or value in ("", [], {}):
        return codes.get("", "无")
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(_text(part, codes) for part in value)
    if isinstance(value, dict):
        names = labels().details
        return "，".join(f"{names.get(key, key)} {_text(part, codes)}" for key, part in value.items())
    return codes.get(str(value), str(value))
