"""manage.py score FILE|-: Table B.1 from counts, JSON in and JSON out (docs/quality.md C1)."""

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from scoring.sheets.domain.score import InvalidSheet, as_answer, read_case, score_sheet
from standards.loader import current_edition, edition_ids, load_edition

_REASONS: dict[type, str] = {
    FileNotFoundError: "文件不存在",
    IsADirectoryError: "这是一个目录",
    PermissionError: "没有读取权限",
}


class Command(BaseCommand):
    help = "Score Table B.1 from a case or a list of cases (JSON); exit 0 scored, 1 refused, 2 unreadable."
    # Nothing here touches the database, so a bare checkout can score.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", help="JSON file, or - for standard input")
        parser.add_argument("--edition", choices=edition_ids(), help="edition of the standard")

    def handle(self, *args: Any, **options: Any) -> None:
        _use_utf8()
        try:
            cases = _read(options["file"])
        except (OSError, ValueError, RecursionError) as error:
            self.stderr.write(_sentence(options["file"], error))
            sys.exit(2)
        edition = load_edition(options["edition"]) if options["edition"] else current_edition()
        answer, refused = _answer_all(cases, edition.sheet)
        self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2))
        if refused:
            sys.exit(1)


def _read(name: str) -> Any:
    data = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    return json.loads(data.decode("utf-8-sig"), object_pairs_hook=_object)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    # JSON lets the last of two equal keys win in silence; a score must not depend on that.
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        raise _KeyTwiceError(sorted({name for name in names if names.count(name) > 1}))
    return found


class _KeyTwiceError(ValueError):
    """An object names a key twice."""


def _sentence(name: str, error: Exception) -> str:
    source = "标准输入" if name == "-" else f"文件 {name}"
    if isinstance(error, OSError):
        reason = _REASONS.get(type(error), "读取出错")
        return f"无法读取{source}：{reason}。请检查路径和权限后重试。"
    if isinstance(error, UnicodeDecodeError):
        return f"{source}不是UTF-8编码（第{error.start + 1}字节起无法解码）。请另存为UTF-8后重试。"
    if isinstance(error, json.JSONDecodeError):
        return (
            f"{source}不是有效的JSON：第{error.lineno}行第{error.colno}列有误。请按评分用例的格式修改后重试。"
        )
    if isinstance(error, _KeyTwiceError):
        return f"{source}中同一对象的键重复：{'、'.join(error.args[0])}。请每个键只保留一个。"
    return f"{source}不是有效的JSON：嵌套过深或数值过大。请按评分用例的格式修改后重试。"


def _answer_all(cases: Any, sheet: Any) -> tuple[Any, bool]:
    """The answers in the arrangement of the cases, and whether any was refused."""
    if isinstance(cases, list):
        answers = [_answer(case, sheet) for case in cases]
        return answers, any("error" in answer for answer in answers)
    if isinstance(cases, dict) and isinstance(cases.get("vectors"), list):
        answers, refused = _answer_all(cases["vectors"], sheet)
        return {"vectors": answers}, refused
    answer = _answer(cases, sheet)
    return answer, "error" in answer


def _answer(case: Any, sheet: Any) -> dict[str, Any]:
    """One case, bare or as {"id", "input", …}; the answer repeats the id."""
    wrapped = isinstance(case, dict) and "input" in case
    name = {"id": case["id"]} if wrapped and "id" in case else {}
    try:
        score = score_sheet(read_case(case["input"] if wrapped else case, sheet), sheet)
    except InvalidSheet as invalid:
        return {**name, "error": "invalid_input", "detail": invalid.detail}
    return {**name, **as_answer(score)}


def _use_utf8() -> None:
    """Set UTF-8 independent of the locale; a lone surrogate is written as its JSON escape."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
