"""Is a packet file what it claims? Answered from the file alone, without a database or a network.

JSON: the content hash, the draw repeated from its seed, the points worked out afresh from the rulings.
PDF: besides the JSON inside it, its seal (scoring.packet.signature), and the whole file made again from that
JSON and compared byte by byte, so that a changed, cut or lengthened file, an annotation or a swapped
attachment all show.

Each question has its answer in words. This proves that a file agrees with itself and that the holder of a key
sealed it; whose key it is says the fingerprint, held against the known ones. That it is the one in force
shows its content hash, held against the printed one or the department's records (scoring.verification).
"""

import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from audits.domain.verify import verify_draw
from scoring.domain.score import InvalidSheet, Sample, SheetInput, score_sheet
from scoring.packet.agreement import draw_problems, sheet_problems
from scoring.packet.codec import UnfitPacketError
from scoring.packet.document import FIRST_SCHEMA, PacketDocument
from scoring.packet.enclosures import enclosed_lines, enclosure_problems, find_enclosures
from scoring.packet.json import read_json
from scoring.packet.program import PROGRAM
from scoring.packet.signature import SealCheck, check_seal, is_sealed, unsealed
from scoring.packet.unmasked import unmasked_problems
from standards.loader import edition_ids, load_edition

_MOST_BYTES = 50_000_000
_MOST_UNPACKED = 200_000_000  # all streams of a PDF together: a packet's come to a tenth of it
_STREAM = re.compile(rb"stream\r?\n(?P<data>.*?)\r?\nendstream", re.DOTALL)
_PACKET = b'"schema": "qcportal-packet/'


@dataclass(frozen=True)
class Check:
    """One question and its answer; `ok` is None where it could not or need not be asked."""

    name: str
    ok: bool | None
    sentence: str


@dataclass(frozen=True)
class Trust:
    """`certificates`: fingerprint → name of every seal to be taken for genuine; `wants_seal`: a file of the
    time before seals will not do. `redraws`: whether a file that no trusted key sealed is worth laying out
    again, which takes time in the size of what it holds."""

    certificates: Mapping[str, str] = field(default_factory=dict)
    wants_seal: bool = False
    redraws: Callable[[PacketDocument], bool] = lambda document: True


@dataclass(frozen=True)
class Verified:
    """`document` is None when none could be read; `seal` when the file has none."""

    kind: str
    document: PacketDocument | None
    checks: tuple[Check, ...]
    seal: SealCheck | None = None

    @property
    def problems(self) -> tuple[str, ...]:
        """Chinese sentences, empty when all holds."""
        return tuple(check.sentence for check in self.checks if check.ok is False)

    @property
    def ok(self) -> bool:
        return self.document is not None and not self.problems


def verify_packet(content: bytes, trust: Trust | None = None) -> Verified:
    """Check a packet's PDF or JSON. Never raises on what the bytes are."""
    if len(content) > _MOST_BYTES:
        return _unreadable("", f"文件有{len(content)}字节，超过迎检包的上限{_MOST_BYTES}字节。")
    if content.startswith(b"%PDF-"):
        return _verify_pdf(content, trust or Trust())
    if content.startswith(b"PK"):
        return _unreadable("xlsx", "工作簿本身不含核对数据：请核对随册的PDF或JSON文件。")
    return _verify_json(content, _JSON_UNSEALED)


_JSON_UNSEALED = Check("signature", None, "JSON文件本身不带系统签章：请以内容校验值与签章PDF封面所印的核对。")


_NOT_REDRAWN = Check("layout", None, "未重新生成比较：文件未经已知的系统签章证明。")


def _unreadable(kind: str, sentence: str, *before: Check) -> Verified:
    return Verified(kind, None, (*before, Check("content", False, sentence)))


def _verify_json(content: bytes, *before: Check) -> Verified:
    try:
        document = read_json(content)
    except UnfitPacketError as problem:
        return _unreadable("json", str(problem), *before)
    holds = Check("content", True, f"数据与其内容校验值{document.content_hash()[:16]}…一致。")
    checks = (holds, *unmasked_checks(document), *document_checks(document))
    return Verified("json", document, (*before, *checks))


def _verify_pdf(content: bytes, trust: Trust) -> Verified:
    seal = check_seal(content) if is_sealed(content) else None
    sealed = _seal_checks(seal, trust) if seal else ()
    # An enclosed document may speak of packets too, but does not begin as JSON does.
    inside = next((raw for raw in _unpacked_streams(content) if raw[:1] == b"{" and _PACKET in raw), None)
    if inside is None:
        words = "PDF内没有迎检包数据：不是已签发的迎检包，或附件已被删除、损坏。"
        return Verified("pdf", None, (*sealed, Check("content", False, words)), seal)
    found = _verify_json(inside)
    if found.document is None:
        return Verified("pdf", None, (*sealed, *found.checks), seal)
    sealed = sealed or (_unsealed_check(found.document, trust),)
    genuine = seal is not None and all(check.ok for check in sealed)
    if seal and (seal.broken or seal.uncovered or seal.altered):
        # Why it was refused is said already; laying it out again would take seconds and add nothing.
        return Verified("pdf", found.document, (*sealed, *found.checks, _NOT_REDRAWN), seal)
    later = _later_key(found.document, seal) if genuine and seal else ()
    enclosed = find_enclosures(content, _unpacked_streams(content), found.document)
    files = _enclosure_checks(found.document, enclosed)
    if any(check.ok is False for check in files):
        layout = Check("layout", None, "所附佐证文件不全，无法重新生成比较。")
    else:
        layout = _layout_check(content, found.document, enclosed, genuine, trust)
    return Verified("pdf", found.document, (*sealed, *later, *found.checks, *files, layout), seal)


def _enclosure_checks(document: PacketDocument, enclosed: Mapping[str, bytes]) -> tuple[Check, ...]:
    """The evidence files inside, each held against the SHA-256 the document names for it."""
    lines = enclosed_lines(document)
    problems = enclosure_problems(document, enclosed)
    if problems or not lines:
        return tuple(Check("enclosures", False, words) for words in problems)
    return (Check("enclosures", True, f"所附{len(lines)}个佐证文件与所记的SHA-256一致。"),)


def _seal_checks(seal: SealCheck, trust: Trust) -> tuple[Check, ...]:
    """What the seal answers; one that is broken, or has something after it, is believed in nothing else."""
    if seal.broken or seal.uncovered:
        found = (("signature", seal.broken), ("coverage", seal.uncovered))
        return tuple(Check(name, False, words) for name, words in found if words)
    only = seal.altered or "文件只有一个版本，签章不允许任何改动（DocMDP 1级）。"
    known = trust.certificates.get(seal.fingerprint)
    whose = f"签章证书（{known or seal.subject}，指纹{seal.fingerprint}）"
    whose += "是已知的。" if known is not None else "不在已知之列：请与医院公布的指纹核对。"
    return (
        Check("signature", True, "系统签章完好：内容在签章之后没有改动。"),
        Check("coverage", True, "系统签章覆盖整个文件，其后没有追加内容。"),
        Check("changes", not seal.altered, only),
        Check("signer", known is not None, whose),
    )


def _unsealed_check(document: PacketDocument, trust: Trust) -> Check:
    # Who names a certificate to hold the file against wants a seal: its absence proves nothing else.
    if document.schema == FIRST_SCHEMA and not trust.wants_seal:
        return Check("signature", None, "无系统签章（旧版本）：由尚不加盖系统签章的程序签发。")
    return Check("signature", False, "没有系统签章：本册签发时应已加盖，可能被移除。")


def _later_key(document: PacketDocument, seal: SealCheck) -> tuple[Check, ...]:
    """A packet made again after the key was changed names the old key on its cover, and bears the new one."""
    if document.seal is None or document.seal.fingerprint == seal.fingerprint:
        return ()
    words = "封面所印的是签发时的签章证书，本文件由后来启用的证书加盖：签发之后更换过密钥，文件重新生成过。"
    return (Check("later_key", None, words),)


def _layout_check(
    content: bytes, document: PacketDocument, enclosed: Mapping[str, bytes], genuine: bool, trust: Trust
) -> Check:
    """The file made again from its data, and compared but for the digits of the seal."""
    if genuine and document.generated.program != PROGRAM:
        words = f"由另一版本的程序（{document.generated.program[:40]}）生成，未重新生成比较；以系统签章为准。"
        return Check("layout", None, words)
    if not genuine and not trust.redraws(document):
        return _NOT_REDRAWN
    # Imported when asked for: WeasyPrint alone takes half a second, which checking JSON need not wait for.
    from scoring.packet.pdf import render_pdf

    words = _difference(unsealed(content), render_pdf(document, enclosed))
    return Check("layout", not words, words or "按所载数据重新生成，与本文件逐字节相同（签章数字除外）。")


def _difference(content: bytes, made: bytes) -> str:
    if made == content:
        return ""
    if content.startswith(made):
        return f"文件末尾被追加了{len(content) - len(made)}字节：不是签发时生成的原文件。"
    if made.startswith(content):
        return f"文件不完整：应有{len(made)}字节，现有{len(content)}字节。"
    place = next((i for i, pair in enumerate(zip(made, content, strict=False)) if pair[0] != pair[1]), 0)
    return f"与按所载数据重新生成的文件不同，自第{place + 1}字节起：文件被改动，或由另一版本的程序生成。"


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
    return (*(draw or (fine_draw,)), *(points or (fine_points,)))


def unmasked_checks(document: PacketDocument) -> tuple[Check, ...]:
    """What an unmasked packet says of itself, and whether it is the signed one but for its masks; () else."""
    found = document.unmasked
    if found is None:
        return ()
    told = Check("unmasked", None, f"本册含受检者身份：{found.words}。申请人{found.asked_by}。")
    problems = tuple(Check("masked_form", False, words) for words in unmasked_problems(document))
    count, short = len(found.restored), found.masked_hash[:16]
    fine = f"把所列{count}处遮回之后，内容校验值{short}…与所称的脱敏迎检包相同：除遮盖之外没有差别。"
    return (told, *(problems or (Check("masked_form", True, fine),)))


def document_problems(document: PacketDocument) -> tuple[str, ...]:
    """What does not hold inside a document: its draw, its cases against the draw, its points."""
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
