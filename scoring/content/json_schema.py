"""The JSON Schema of a packet's JSON, made from its dataclasses; published as docs/packet.schema.json."""

import json
import types
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from typing import Any, Union, get_args, get_origin, get_type_hints

from scoring.content.document import SCHEMA, SCHEMAS, PacketDocument

_SIMPLE = {str: "string", int: "integer", bool: "boolean"}


def json_schema() -> dict[str, Any]:
    """Draft 2020-12, for packets of today's schema: no key unknown, none missing."""
    definitions: dict[str, Any] = {}
    whole = _reference(PacketDocument, definitions)
    document = definitions.pop(PacketDocument.__name__)
    document["properties"] |= {
        "schema": {"const": SCHEMA},
        "content_hash": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
    }
    document["required"] = sorted({*document["required"], "schema", "content_hash"})
    assert whole["$ref"].endswith(PacketDocument.__name__)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"{SCHEMA}: the data of a sealed quarterly packet",
        **document,
        "$defs": dict(sorted(definitions.items())),
    }


def schema_text() -> str:
    """The file, indented; the same program gives the same bytes."""
    return json.dumps(json_schema(), ensure_ascii=False, indent=2) + "\n"


def _reference(kind: type, definitions: dict[str, Any]) -> dict[str, Any]:
    name = kind.__name__
    if name not in definitions:
        definitions[name] = {}  # named before its parts are looked at
        definitions[name] = _object(kind, definitions)
    return {"$ref": f"#/$defs/{name}"}


def _object(kind: type, definitions: dict[str, Any]) -> dict[str, Any]:
    hints = get_type_hints(kind)
    parts = fields(kind)
    about = (kind.__doc__ or "").strip().split("\n")[0]
    return {
        "description": about,
        "type": "object",
        "properties": {part.name: _type(hints[part.name], definitions) for part in parts},
        "required": sorted(part.name for part in parts if _is_required(part)),
        "additionalProperties": False,
    }


def _is_required(part: Field[Any]) -> bool:
    metadata: Mapping[str, Any] = part.metadata
    if "since" in metadata:
        return bool(metadata["since"] <= max(SCHEMAS.values()))
    return part.default is MISSING


def _type(hint: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    origin = get_origin(hint)
    if origin in (types.UnionType, Union):
        inner = next(part for part in get_args(hint) if part is not type(None))
        return {"anyOf": [_type(inner, definitions), {"type": "null"}]}
    if origin is tuple:
        return {"type": "array", "items": _type(get_args(hint)[0], definitions)}
    if is_dataclass(hint) and isinstance(hint, type):
        return _reference(hint, definitions)
    return {"type": _SIMPLE[hint]} if hint in _SIMPLE else {"type": "object"}
