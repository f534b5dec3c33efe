"""A person's mapping of a file: columns, values, and constants for every row.

One frozen value shared by the mapping page, the source that stores it, and `--mapping FILE`. Its JSON is
`{"columns": {"列名": "field"}, "values": {"field": {"写法": "值"}}, "constants": {"field": "值"}}`, where
null instead of a field or a value means not imported. Two fields in one cell: `patient_name+sex+age`.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

_PARTS = ("columns", "values", "constants")


class MappingRefused(ValueError):  # noqa: N818  (an answer, not an error)
    """A mapping that cannot be used; the message is a Chinese sentence."""


@dataclass(frozen=True)
class FileMapping:
    """Header → field, field → raw value → value (None as field or value: not imported), field → constant."""

    columns: Mapping[str, str | None] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str | None]] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.columns or self.values or self.constants)

    def as_json(self) -> dict[str, Any]:
        """JSON form stored by a source; a plain header → field object if only columns are mapped."""
        if not self.values and not self.constants:
            return dict(self.columns)
        return {
            "columns": dict(self.columns),
            "values": {name: dict(given) for name, given in self.values.items()},
            "constants": dict(self.constants),
        }


def mapping_of(given: "Mapping[str, Any] | FileMapping | None") -> FileMapping:
    """FileMapping from its stored or given form; a plain header → field object maps columns only."""
    if isinstance(given, FileMapping):
        return given
    parts = dict(given or {})
    if parts and all(name in _PARTS and isinstance(value, Mapping) for name, value in parts.items()):
        return FileMapping(**parts)
    return FileMapping(columns=parts)


def mapping_from_json(text: str, known: Collection[str]) -> FileMapping:
    """Parse a mapping file whose fields are among `known`. Raises MappingRefused for others."""
    try:
        given = json.loads(text)
    except ValueError as error:
        raise MappingRefused(f"列对应文件不是有效的JSON：{error}。") from error
    if not isinstance(given, dict) or set(given) - set(_PARTS):
        raise MappingRefused("列对应文件应为一个JSON对象，只含columns、values、constants。")
    if not all(isinstance(given.get(part, {}), dict) for part in _PARTS):
        raise MappingRefused("columns、values、constants都应为JSON对象。")
    mapping = FileMapping(**given)
    named = [
        name for value in mapping.columns.values() if value is not None for name in str(value).split("+")
    ]
    unknown = sorted({*named, *mapping.values, *mapping.constants} - set(known))
    if unknown:
        raise MappingRefused(f"不认识字段“{'、'.join(unknown)}”。可用的字段：{'、'.join(known)}。")
    if not all(isinstance(writings, dict) for writings in mapping.values.values()):
        raise MappingRefused("values中每个字段应为“写法→值”的JSON对象。")
    return mapping
