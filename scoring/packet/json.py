"""The packet as JSON: the document and its content hash, from which draw and points can be repeated."""

import json
from typing import Any

from scoring.content.codec import UnfitPacketError
from scoring.content.document import PacketDocument, schema_number


def render_json(document: PacketDocument) -> bytes:
    """The document with `content_hash`, indented, UTF-8; the same document gives the same bytes."""
    raw = document.to_dict() | {"content_hash": document.content_hash()}
    text = json.dumps(raw, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    return text.encode("utf-8", "surrogatepass")


def read_json(content: bytes) -> PacketDocument:
    """The document back. Raises UnfitPacketError: not JSON, not a packet, or changed since it was made."""
    try:
        text = content.decode("utf-8-sig", "surrogatepass")
        raw: Any = json.loads(text, object_pairs_hook=_each_key_once)
    except UnfitPacketError:
        raise
    except (ValueError, RecursionError) as problem:  # a number of 5,000 digits is a ValueError too
        raise UnfitPacketError("文件内容不能读取：不是迎检包的数据文件（JSON），或已损坏。") from problem
    if not isinstance(raw, dict):
        raise UnfitPacketError("文件不是迎检包的数据。")
    stated = raw.pop("content_hash", None)
    schema_number(raw.get("schema"))
    try:
        document = PacketDocument.from_dict(raw)
    except UnfitPacketError as problem:
        words = "数据的格式与迎检包不符：文件被改动或损坏，或由另一版本的程序生成"
        raise UnfitPacketError(f"{words}（供技术人员参考：{problem}）") from problem
    if stated != document.content_hash():
        raise UnfitPacketError("内容校验值与内容不符：文件在生成之后被改动。")
    return document


def _each_key_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Of two values under one key a program reads the last and a person the first: neither is taken."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise UnfitPacketError("文件中有重复的项：在生成之后被改动。")
    return found
