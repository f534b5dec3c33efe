"""Is a packet file what it claims? Answered from the file alone, without a database or a network.

JSON: the content hash, the draw repeated from its seed, the points worked out afresh from the rulings.
PDF: besides the JSON inside it, its seal (scoring.packet.signature), and the whole file made again from that
JSON and compared byte by byte, so that a changed, cut or lengthened file, an annotation or a swapped
attachment all show.

Each check has its answer as a sentence. This proves that a file is consistent and that the owner of a key
sealed it; the fingerprint, compared with the known ones, identifies the key. The content hash, compared with
the printed one or the department's records (verification.queries), shows that the packet is in force.
"""

import hashlib
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from audits.sampling.domain.verify import verify_draw
from scoring.content.codec import UnfitPacketError
from scoring.content.document import PacketDocument
from scoring.content.enclosures import (
    TOO_MUCH,
    enclosed_lines,
    enclosure_problems,
    find_enclosures,
    left_out_lines,
)
from scoring.content.unmasked import unmasked_problems
from scoring.packet.agreement import draw_problems, sheet_problems
from scoring.packet.draw_chains import draws_checks
from scoring.packet.file_checks import (
    NOT_REDRAWN,
    Check,
    Trust,
    later_key_checks,
    layout_check,
    seal_checks,
    unsealed_check,
)
from scoring.packet.json import read_json
from scoring.packet.signature import SealCheck, check_seal, is_sealed
from scoring.packet.workbook import archive_kind
from scoring.sheets.domain.score import InvalidSheet, Sample, SheetInput, score_sheet
from scoring.sheets.domain.verdict import VERDICT_ZH
from standards.loader import edition_ids, load_edition

_MOST_BYTES = 50_000_000
_MOST_UNPACKED = 200_000_000  # all streams of a PDF together: ten times those of a packet
_STREAM = re.compile(rb"stream\r?\n(?P<data>.*?)\r?\nendstream", re.DOTALL)
_SHA256 = re.compile(rb'"sha256": "([0-9a-f]{64})"')
_PACKET = b'"schema": "qcportal-packet/'


@dataclass(frozen=True)
class Verified:
    """What a file states. `document` is None when none could be read; `seal` when the file has none.

    `ok`: nothing in it contradicts; the proof also needs the records (verification.queries).
    """

    kind: str
    document: PacketDocument | None
    checks: tuple[Check, ...]
    seal: SealCheck | None = None

    @property
    def problems(self) -> tuple[str, ...]:
        """Problems as Chinese sentences; empty when there is none."""
        return tuple(check.sentence for check in self.checks if check.ok is False)

    @property
    def ok(self) -> bool:
        return self.document is not None and not self.problems


def verify_packet(content: bytes, trust: Trust | None = None) -> Verified:
    """Check a packet's PDF or JSON. Never raises on what the bytes are."""
    if len(content) > _MOST_BYTES:
        most = _MOST_BYTES // 1_000_000
        return _unreadable("", f"文件有{len(content) // 1_000_000} MB，超过迎检包的上限{most} MB。")
    if content.startswith(b"%PDF-"):
        return _verify_pdf(content, trust or Trust())
    if content.startswith(b"PK"):
        kind = archive_kind(content)
        return _unreadable(kind, _ARCHIVES[kind])
    return _verify_json(content, _JSON_UNSEALED)


_JSON_UNSEALED = Check(
    "signature", None, "数据文件（JSON）本身不带系统签章：请把内容校验值与系统签章完好的PDF封面所印的核对。"
)


_ARCHIVES = {
    "xlsx": "Excel工作簿不带系统签章，也不含核对所需的全部数据：请核对同一迎检包的PDF。",
    "zip": "压缩包不能直接核对：请先解压，再逐份核对其中的PDF。",
    "": "文件已损坏，不能打开。",
}


def _unreadable(kind: str, sentence: str, *before: Check) -> Verified:
    return Verified(kind, None, (*before, Check("content", False, sentence)))


def _verify_json(content: bytes, *before: Check) -> Verified:
    try:
        document = read_json(content)
    except UnfitPacketError as problem:
        return _unreadable("json", str(problem), *before)
    holds = Check("content", True, f"数据与其内容校验值{document.content_hash()[:16]}…一致。")
    checks = (holds, *unmasked_checks(document), *document_checks(document), *_left_out_checks(document))
    return Verified("json", document, (*before, *checks))


def _verify_pdf(content: bytes, trust: Trust) -> Verified:
    seal = check_seal(content) if is_sealed(content) else None
    sealed = seal_checks(seal, trust) if seal else ()
    # An enclosed document may mention packets too, but does not begin like JSON.
    inside = next((raw for raw in _unpacked_streams(content) if raw[:1] == b"{" and _PACKET in raw), None)
    if inside is None:
        words = "PDF内没有迎检包数据：不是已签发的迎检包，或附件已被删除、损坏。"
        return Verified("pdf", None, (*sealed, Check("content", False, words)), seal)
    found = _verify_json(inside)
    if found.document is None:
        return Verified("pdf", None, (*sealed, *found.checks), seal)
    sealed = sealed or (unsealed_check(found.document, trust, signed_by_others=_signed_by_others(content)),)
    genuine = seal is not None and all(check.ok for check in sealed)
    if seal and (seal.broken or seal.uncovered or seal.altered):
        # The refusal is already reported; rendering again would take seconds and add nothing.
        return Verified("pdf", found.document, (*sealed, *found.checks, NOT_REDRAWN), seal)
    later = later_key_checks(found.document, seal) if genuine and seal else ()
    enclosed = find_enclosures(content, _unpacked_streams(content), found.document)
    files = _enclosure_checks(found.document, enclosed)
    if any(check.ok is False for check in files):
        layout = Check("layout", None, "所附佐证文件不全，无法重新生成比较。")
    else:
        layout = layout_check(content, found.document, enclosed, seal, genuine, trust)
    return Verified("pdf", found.document, (*sealed, *later, *found.checks, *files, layout), seal)


def _signed_by_others(content: bytes) -> bool:
    """Whether the file has a signature field of its own; enclosed documents may be signed too."""
    return b"/ByteRange" in _STREAM.sub(b"", content)


def _enclosure_checks(document: PacketDocument, enclosed: Mapping[str, bytes]) -> tuple[Check, ...]:
    """The evidence files inside, each held against the SHA-256 the document names for it."""
    lines = enclosed_lines(document)
    problems = enclosure_problems(document, enclosed)
    if problems or not lines:
        return tuple(Check("enclosures", False, words) for words in problems)
    return (Check("enclosures", True, f"所附{len(lines)}个佐证文件与所记的校验值（SHA-256）一致。"),)


def _left_out_checks(document: PacketDocument) -> tuple[Check, ...]:
    """Which files a reader will look for in vain."""
    lines = left_out_lines(document)
    if not lines:
        return ()
    named = "、".join(f"“{line.title[:40]}”" for line in lines[:5]) + ("等" if len(lines) > 5 else "")
    words = f"{len(lines)}个佐证文件未附于本册（{TOO_MUCH}）：{named}。请向科室索取，并核对所列校验值。"
    return (Check("left_out", None, words),)


def inner_digests(content: bytes) -> frozenset[str]:
    """SHA-256 of the files inside a packet's PDF and of those its data names: what its seal vouches for."""
    found: set[str] = set()
    for raw in _unpacked_streams(content):
        found.add(hashlib.sha256(raw).hexdigest())
        if raw[:1] == b"{" and _PACKET in raw:
            found |= {digits.decode() for digits in _SHA256.findall(raw)}
    return frozenset(found)


def _unpacked_streams(content: bytes) -> Iterator[bytes]:
    room = _MOST_UNPACKED
    for found in _STREAM.finditer(content):
        try:
            raw = zlib.decompressobj().decompress(found["data"], min(_MOST_BYTES, room))
        except zlib.error:
            raw = found["data"]
        room -= len(raw)
        if room <= 0:
            return
        yield raw


def document_checks(document: PacketDocument) -> tuple[Check, ...]:
    """The draw repeated and the points worked out afresh, each answered; every problem is an answer."""
    drawn = "按种子与冻结名单重抽，结果、次序与所列报告一致。"
    fine_draw = Check("draw", True, drawn) if document.draw else Check("draw", None, "没有抽样，无须重抽。")
    draw = tuple(Check("draw", False, words) for words in _draw_problems(document))
    points = tuple(Check("points", False, words) for words in _score_problems(document))
    fine_points = Check("points", True, "按所载评定重算，各行得分、合计与判定一致。")
    return (*(draw or (fine_draw,)), *draws_checks(document), *(points or (fine_points,)))


def unmasked_checks(document: PacketDocument) -> tuple[Check, ...]:
    """Checks of an unmasked packet: its statement, and whether only masks differ; else ()."""
    found = document.unmasked
    if found is None:
        return ()
    stated = Check("unmasked", None, f"本册含受检者身份：{found.words}。申请人{found.asked_by}。")
    problems = tuple(Check("masked_form", False, words) for words in unmasked_problems(document))
    count, short = len(found.restored), found.masked_hash[:16]
    fine = f"把所列{count}处遮回之后，内容校验值{short}…与所称的脱敏迎检包相同：除遮盖之外没有差别。"
    return (stated, *(problems or (Check("masked_form", True, fine),)))


def document_problems(document: PacketDocument) -> tuple[str, ...]:
    """Contradictions inside a document: its draw, its cases against the draw, its points."""
    checks = (*unmasked_checks(document), *document_checks(document))
    return tuple(check.sentence for check in checks if check.ok is False)


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
    except InvalidSheet:
        return ("无法重算得分：所载的机构级别、评定或份数不合表B.1的规定。",)
    problems = [
        f"{row.id}行记{_points(row.score)}，按所载评定重算为{_points(score.row_scores[row.id])}。"
        for row in document.rows
        if row.score != score.row_scores[row.id]
    ]
    if document.result.total != score.total:
        problems.append(f"合计记{_points(document.result.total)}，按所载评定重算为{_points(score.total)}。")
    if document.result.verdict != score.verdict:
        stated = VERDICT_ZH.get(document.result.verdict, document.result.verdict[:40])  # type: ignore[call-overload]
        problems.append(f"判定记为“{stated}”，按所载评定重算为“{VERDICT_ZH[score.verdict]}”。")
    # Where points differ, everything counted from them does: said once, at its root.
    return tuple(problems) or sheet_problems(document, edition, score)


def _points(score: int | None) -> str:
    return "未评" if score is None else f"{score}分"
