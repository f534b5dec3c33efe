"""docs/packet.schema.json describes the JSON of a packet, key by key."""

import json
from typing import Any

from django.conf import settings

from scoring.content.json_schema import json_schema, schema_text
from scoring.packet.json import render_json
from tests.exports.sample_rows import with_rows

SCHEMA = json_schema()
_KINDS = {"string": str, "integer": int, "boolean": bool, "array": list, "object": dict}


def faults(value: Any, schema: dict[str, Any], place: str = "packet") -> list[str]:
    """Where a value is not as the schema says: the few words of JSON Schema that ours uses."""
    if "$ref" in schema:
        schema = SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]]
    if "anyOf" in schema:
        if value is None:
            return []
        return faults(value, schema["anyOf"][0], place)
    if "const" in schema:
        return [] if value == schema["const"] else [place]
    if type(value) is not _KINDS[schema["type"]]:
        return [place]
    if isinstance(value, list):
        parts = [(f"{place}[{n}]", part) for n, part in enumerate(value)]
        return [fault for at, part in parts for fault in faults(part, schema["items"], at)]
    if isinstance(value, dict) and "properties" in schema:
        known = schema["properties"]
        wrong = (value.keys() - known.keys()) | (set(schema["required"]) - value.keys())
        found = [f"{place}.{name}" for name in sorted(wrong)]
        inner = [(name, part) for name, part in value.items() if name in known]
        for name, part in inner:
            found += faults(part, known[name], f"{place}.{name}")
        return found
    return []


def test_published_file_is_what_the_program_attaches():
    assert (settings.BASE_DIR / "docs" / "packet.schema.json").read_text(encoding="utf-8") == schema_text()


def test_packet_fits_the_schema_and_a_changed_one_does_not():
    raw = json.loads(render_json(with_rows()))
    assert faults(raw, SCHEMA) == []
    raw["rows"][0]["points"], raw["more"] = "2", 1
    del raw["draw"]
    assert faults(raw, SCHEMA) == ["packet.draw", "packet.more", "packet.rows[0].points"]
