"""The draw document: the JSON section of a packet from which anyone can repeat the draw. Schema, version 1:

    {"schema": "qcportal.draw", "version": 1,
     "seed": str, "size": int ≥ 1,
     "list": [{"accession_number", "system", "modality", "patient_key", "reporting_physician"}: str, …]
             in the order of the accession numbers' code points,
     "list_sha256": 64 hexadecimal digits (frozen_list),
     "drawn": [accession number, …] in case order, as drawn,
     "replacements": [{"removed": str, "added": str | null, "reason": str}, …] in the order they were made,
     "digest": 64 hexadecimal digits}

The digest is the SHA-256 of the document without `digest`, as JSON in UTF-8 with sorted keys, no spaces and
no escapes beyond what JSON demands:

    jq -cjS 'del(.digest)' draw.json | sha256sum

It ties seed and replacements down where the draw alone cannot (a pool of ten gives the same ten under any
seed). Even a consistent forgery still has to match the digest in the signed packet and trail.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from audits.sampling.domain.frozen_list import Entry
from audits.sampling.domain.replacement import Sample

SCHEMA = "qcportal.draw"
VERSION = 1
_KEYS = frozenset(
    ("schema", "version", "seed", "size", "list", "list_sha256", "drawn", "replacements", "digest")
)
_STEP_KEYS = frozenset(("removed", "added", "reason"))
# What an inspector calls the parts of the document.
NAMES_ZH = MappingProxyType(
    {
        "schema": "文件格式",
        "version": "文件版本",
        "month": "月份",
        "seed": "随机种子",
        "size": "抽样份数",
        "list": "冻结名单",
        "list_sha256": "名单校验值",
        "drawn": "抽中的检查号",
        "replacements": "更换记录",
        "digest": "文件校验值",
        "removed": "换下的检查号",
        "added": "换上的检查号",
        "reason": "更换理由",
        "accession_number": "检查号",
        "system": "系统",
        "modality": "检查种类",
        "patient_key": "受检者代码",
        "reporting_physician": "报告医师代码",
    }
)
_SHA256 = re.compile(r"[0-9a-f]{64}")
# DEL is escaped by jq and not by Python, a surrogate cannot be written: neither may enter a digest.
_UNFIT = re.compile(r"[\x7f\ud800-\udfff]")


class UnfitDocumentError(ValueError):
    """Not a draw document. `problems`: one Chinese sentence each."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__(" ".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class RecordedReplacement:
    removed: str
    added: str | None
    reason: str


@dataclass(frozen=True)
class DrawDocument:
    """A well-formed draw document; nothing in it is verified yet."""

    seed: str
    size: int
    entries: tuple[Entry, ...]
    list_sha256: str
    drawn: tuple[str, ...]
    replacements: tuple[RecordedReplacement, ...]
    digest: str


def draw_document(sample: Sample) -> dict[str, Any]:
    """The document of a draw and the replacements made since. Names nobody: patients, physicians are tokens.

    Raises ValueError when a reason has a character that no document can contain.
    """
    body = {
        "schema": SCHEMA,
        "version": VERSION,
        "seed": sample.draw.seed,
        "size": sample.draw.size,
        "list": [entry._asdict() for entry in sample.draw.entries],
        "list_sha256": sample.draw.list_hash,
        "drawn": [entry.accession_number for entry in sample.draw.drawn],
        "replacements": [
            {"removed": step.removed, "added": step.added, "reason": step.reason}
            for step in sample.replacements
        ],
    }
    if any(_UNFIT.search(step.reason) for step in sample.replacements):
        raise ValueError("更换理由中含无法保存的字符，请改写。")
    return {**body, "digest": digest_of(body)}


def digest_of(document: Mapping[str, Any]) -> str:
    """The digest of the module docstring, over every key but `digest`."""
    body = {key: value for key, value in document.items() if key != "digest"}
    text = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def parse_draw_document(raw: object) -> DrawDocument:
    """The document from parsed JSON. Raises UnfitDocumentError: unknown, missing keys, types, version."""
    if not isinstance(raw, dict):
        raise UnfitDocumentError((f"不是抽样文件：其中应有种子、名单等各项，实为{_kind(raw)}。",))
    if raw.get("schema") != SCHEMA:
        raise UnfitDocumentError(
            (f"不是抽样文件：所标的格式应为“{SCHEMA}”，实为{_shown(raw.get('schema'))}。",)
        )
    if raw.get("version") != VERSION or isinstance(raw.get("version"), bool | float):
        raise UnfitDocumentError(
            (f"抽样文件版本应为{VERSION}，实为{_shown(raw.get('version'))}；请用对应版本的程序核对。",)
        )
    problems = [*_key_problems(raw, _KEYS, "抽样文件")]
    if problems:
        raise UnfitDocumentError(tuple(problems))
    problems += _scalar_problems(raw) + _row_problems(raw["list"], frozenset(Entry._fields), "名单")
    problems += _row_problems(raw["replacements"], _STEP_KEYS, "更换记录", nullable="added")
    drawn = raw["drawn"]
    if not isinstance(drawn, list) or not all(_is_text(number) for number in drawn):
        problems.append("抽中的检查号应逐个列出，各为文本。")
    if problems:
        raise UnfitDocumentError(tuple(problems))
    return DrawDocument(
        seed=raw["seed"],
        size=raw["size"],
        entries=tuple(Entry(**row) for row in raw["list"]),
        list_sha256=raw["list_sha256"],
        drawn=tuple(drawn),
        replacements=tuple(RecordedReplacement(**row) for row in raw["replacements"]),
        digest=raw["digest"],
    )


def _key_problems(row: dict[Any, Any], expected: frozenset[str], where: str) -> list[str]:
    unknown = sorted(map(str, row.keys() - expected))
    missing = sorted(expected - row.keys())
    problems = []
    if unknown:
        problems.append(f"{where}中有不应有的项：{'、'.join(map(_named, unknown))}。")
    if missing:
        problems.append(f"{where}缺少应有的项：{'、'.join(map(_named, missing))}。")
    return problems


def _scalar_problems(raw: dict[str, Any]) -> list[str]:
    problems = []
    if not _is_text(raw["seed"]):
        problems.append(f"随机种子应为文本，实为{_shown(raw['seed'])}。")
    if not isinstance(raw["size"], int) or isinstance(raw["size"], bool) or raw["size"] < 1:
        problems.append(f"抽样份数应为不小于1的整数，实为{_shown(raw['size'])}。")
    for key in ("list_sha256", "digest"):
        if not isinstance(raw[key], str) or not _SHA256.fullmatch(raw[key]):
            problems.append(f"{NAMES_ZH[key]}应为64位小写十六进制数字，实为{_shown(raw[key])}。")
    return problems


def _row_problems(rows: object, keys: frozenset[str], word: str, nullable: str = "") -> list[str]:
    if not isinstance(rows, list):
        return [f"{word}应逐行列出，实为{_kind(rows)}。"]
    problems = []
    for place, row in enumerate(rows, start=1):
        where = f"{word}第{place}行"
        if not isinstance(row, dict):
            problems.append(f"{where}应有各项内容，实为{_kind(row)}。")
            continue
        problems += _key_problems(row, keys, where)
        for key in sorted(keys & row.keys()):
            if not _is_text(row[key]) and not (key == nullable and row[key] is None):
                problems.append(f"{where}的{NAMES_ZH[key]}应为文本，实为{_shown(row[key])}。")
    return problems


def _named(key: str) -> str:
    """The name of a part; one that no draw document has is quoted as it is written there."""
    text = ascii(key)[1:-1] if _UNFIT.search(key) else key
    return NAMES_ZH.get(key, f"“{text[:40]}”")


def _is_text(value: object) -> bool:
    return isinstance(value, str) and not _UNFIT.search(value)


def _kind(value: object) -> str:
    if value is None:
        return "空值"
    words = {dict: "一组数据", list: "列表", str: "文本", bool: "是或否", int: "整数", float: "小数"}
    return words.get(type(value), type(value).__name__)


def _shown(value: object) -> str:
    if value is None or isinstance(value, dict | list):
        return _kind(value)
    text = ascii(value) if _UNFIT.search(str(value)) else str(value)
    return f"“{text[:40]}”（{_kind(value)}）"
