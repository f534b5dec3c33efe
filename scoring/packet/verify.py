"""Is a packet file what it claims? Answered from the file alone, without a database or a network.

JSON: the content hash, the draw repeated from its seed, the points worked out afresh from the rulings.
PDF: the JSON inside it, then the whole file made again from that JSON and compared byte by byte, so that a
changed, cut or lengthened file, an annotation or a swapped attachment all show.

This proves that a file agrees with itself. That it is the one that was signed shows its content hash, held
against the printed one or the department's own records (manage.py verify_packet looks there).
"""

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from audits.domain.verify import verify_draw
from scoring.domain.score import InvalidSheet, Sample, SheetInput, score_sheet
from scoring.packet.agreement import draw_problems, sheet_problems
from scoring.packet.codec import UnfitPacketError
from scoring.packet.document import PacketDocument
from scoring.packet.json import read_json
from standards.loader import edition_ids, load_edition

_MOST_BYTES = 50_000_000
_STREAM = re.compile(rb"stream\r?\n(?P<data>.*?)\r?\nendstream", re.DOTALL)
_PACKET = b'"schema": "qcportal-packet/'


@dataclass(frozen=True)
class Verified:
    """`document` is None when none could be read; `problems`: Chinese sentences, empty when all holds."""

    kind: str
    document: PacketDocument | None
    problems: tuple[str, ...]

    @property
    def ok(self) -> bool:
        return self.document is not None and not self.problems


def verify_packet(content: bytes) -> Verified:
    """Check a packet's PDF or JSON. Never raises on what the bytes are."""
    if len(content) > _MOST_BYTES:
        return Verified("", None, (f"文件有{len(content)}字节，超过迎检包的上限{_MOST_BYTES}字节。",))
    if content.startswith(b"%PDF-"):
        return _verify_pdf(content)
    if content.startswith(b"PK"):
        return Verified("xlsx", None, ("工作簿本身不含核对数据：请核对随册的PDF或JSON文件。",))
    return _verify_json(content)


def _verify_json(content: bytes) -> Verified:
    try:
        document = read_json(content)
    except UnfitPacketError as problem:
        return Verified("json", None, (str(problem),))
    return Verified("json", document, document_problems(document))


def _verify_pdf(content: bytes) -> Verified:
    inside = next((raw for raw in _unpacked_streams(content) if _PACKET in raw), None)
    if inside is None:
        return Verified("pdf", None, ("PDF内没有迎检包数据：不是已签发的迎检包，或附件已被删除、损坏。",))
    found = _verify_json(inside)
    if found.document is None:
        return Verified("pdf", None, found.problems)
    return Verified("pdf", found.document, (*found.problems, *_byte_problems(content, found.document)))


def _byte_problems(content: bytes, document: PacketDocument) -> tuple[str, ...]:
    # Imported when asked for: WeasyPrint alone takes half a second, which checking JSON need not wait for.
    from scoring.packet.pdf import render_pdf

    made = render_pdf(document)
    if made == content:
        return ()
    if content.startswith(made):
        return (f"文件末尾被追加了{len(content) - len(made)}字节：不是签发时生成的原文件。",)
    if made.startswith(content):
        return (f"文件不完整：应有{len(made)}字节，现有{len(content)}字节。",)
    place = next((i for i, pair in enumerate(zip(made, content, strict=False)) if pair[0] != pair[1]), 0)
    return (f"与按所载数据重新生成的文件不同，自第{place + 1}字节起：文件被改动，或由另一版本的程序生成。",)


def _unpacked_streams(content: bytes) -> Iterator[bytes]:
    for found in _STREAM.finditer(content):
        try:
            yield zlib.decompressobj().decompress(found["data"], _MOST_BYTES)
        except zlib.error:
            yield found["data"]


def document_problems(document: PacketDocument) -> tuple[str, ...]:
    """What does not hold inside a document: its draw, its cases against the draw, its points."""
    return (*_draw_problems(document), *_score_problems(document))


def _draw_problems(document: PacketDocument) -> tuple[str, ...]:
    if document.draw is None:
        return draw_problems(document)
    checked = verify_draw(document.draw.document)
    if not checked.ok:
        return tuple(checked.problems)
    expected = list(document.draw.document["drawn"])
    for step in document.draw.document["replacements"]:
        place = expected.index(step["removed"])
        expected[place : place + 1] = [step["added"]] if step["added"] else [""]
    found = [(case.position, case.report.accession_number) for case in document.cases]
    if found != [(place, number) for place, number in enumerate(expected, start=1) if number]:
        return ("所列报告与抽样结果不一致：报告或次序被改动。",)
    return draw_problems(document)


def _score_problems(document: PacketDocument) -> tuple[str, ...]:
    if document.edition.id not in edition_ids():
        return (f"标准版本“{document.edition.id}”未知，无法重算得分。",)
    edition = load_edition(document.edition.id)
    sheet = edition.sheet
    if [row.id for row in document.rows] != [row.id for row in sheet.rows]:
        return ("评分表的行与所称的标准版本不符。",)
    described = [c.description.faulty for c in document.cases if c.description.faulty is not None]
    concluded = [c.conclusion.discordant for c in document.cases if c.conclusion.discordant is not None]
    states = {row.id: row.state or None for row in document.rows if row.sample_size is None}
    try:
        score = score_sheet(
            SheetInput(
                document.institution.level,  # type: ignore[arg-type]  # checked by score_sheet
                states,
                Sample(len(described), sum(described)),
                Sample(len(concluded), sum(concluded)),
            ),
            sheet,
        )
    except InvalidSheet as problem:
        return (f"无法重算得分：{problem.detail}。",)
    problems = [
        f"{row.id}行记{_points(row.score)}，按所载评定重算为{_points(score.row_scores[row.id])}。"
        for row in document.rows
        if row.score != score.row_scores[row.id]
    ]
    if document.result.total != score.total:
        problems.append(f"合计记{_points(document.result.total)}，按所载评定重算为{_points(score.total)}。")
    if document.result.verdict != score.verdict:
        problems.append(f"判定记为{document.result.verdict[:40]}，按所载评定重算为{score.verdict}。")
    # Where points differ, everything counted from them does: said once, at its root.
    return tuple(problems) or sheet_problems(document, edition, score)


def _points(score: int | None) -> str:
    return "未评" if score is None else f"{score}分"
