"""Checks of a packet's PDF as a file: its seal, and the file rendered again from its data."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from scoring.content.document import FIRST_SCHEMA, SCHEMA, PacketDocument
from scoring.packet.program import PROGRAM
from scoring.packet.signature import SealCheck, unsealed


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
    again, which takes time proportional to its content; `redraws_sealed`: the same of a sealed one."""

    certificates: Mapping[str, str] = field(default_factory=dict)
    wants_seal: bool = False
    redraws: Callable[[PacketDocument], bool] = lambda document: True
    redraws_sealed: bool = True


_OTHER_PROGRAM = "文件被改动，或由另一版本的程序生成。"
EARLIER_LAYOUT = "本册按较早的版式印制，未重新生成比较；以系统签章为准。"
NOT_REDRAWN = Check("layout", None, "未重新生成比较：文件未经已知的系统签章证明。")


def seal_checks(seal: SealCheck, trust: Trust) -> tuple[Check, ...]:
    """What the seal answers; one that is broken, or has something after it, is believed in nothing else."""
    if seal.broken or seal.uncovered:
        found = (("signature", seal.broken), ("coverage", seal.uncovered))
        return tuple(Check(name, False, words) for name, words in found if words)
    only = seal.altered or "签章之后没有另存过新的版本，签章也不允许任何改动。"
    known = trust.certificates.get(seal.fingerprint)
    whose = f"签章证书（{known or seal.subject}，指纹{seal.fingerprint}）"
    whose += (
        "是已知的。"
        if known is not None
        else "不在已知之列：不能确认是不是医院的签章，请与医院公布的指纹核对。"
    )
    return (
        Check("signature", True, "系统签章完好：内容在签章之后没有改动。"),
        Check("coverage", True, "系统签章覆盖整个文件，其后没有追加内容。"),
        Check("changes", not seal.altered, only),
        Check("signer", known is not None, whose),
    )


def unsealed_check(document: PacketDocument, trust: Trust, *, signed_by_others: bool = False) -> Check:
    if signed_by_others:
        return Check("signature", False, "文件带有他人签章，不是本系统签章：签发时的系统签章可能被移除。")
    # Who names a certificate to hold the file against wants a seal: its absence proves nothing else.
    if document.schema == FIRST_SCHEMA and not trust.wants_seal:
        return Check(
            "signature",
            None,
            "没有系统签章：自称由尚不加盖系统签章的旧版程序签发，只有签发机构的记录能够证实。",
        )
    return Check("signature", False, "没有系统签章：本册签发时应已加盖，可能被移除。")


def later_key_checks(document: PacketDocument, seal: SealCheck) -> tuple[Check, ...]:
    """A packet made again after the key was changed names the old key on its cover, and bears the new one."""
    if document.seal is None or document.seal.fingerprint == seal.fingerprint:
        return ()
    words = "封面所印的是签发时的签章证书，本文件由后来启用的证书加盖：签发之后更换过密钥，文件重新生成过。"
    return (Check("later_key", None, words),)


def layout_check(
    content: bytes,
    document: PacketDocument,
    enclosed: Mapping[str, bytes],
    seal: SealCheck | None,
    genuine: bool,
    trust: Trust,
) -> Check:
    """Render the file again from its data and compare, except the digits of the seal.

    For a file of another program version or an older schema the comparison is impossible; any valid seal is
    stronger evidence.
    """
    other = document.generated.program != PROGRAM
    if seal is not None and document.schema != SCHEMA:
        return Check("layout", None, EARLIER_LAYOUT)
    if seal is not None and other:
        words = f"由另一版本的程序（{document.generated.program[:40]}）生成，未重新生成比较；以系统签章为准。"
        return Check("layout", None, words)
    if not genuine and not trust.redraws(document):
        return NOT_REDRAWN
    if genuine and not trust.redraws_sealed:
        return Check("layout", None, "一次核验多份时不重新生成比较；以系统签章为准。")
    # Imported when asked for: WeasyPrint alone takes half a second, which checking JSON need not wait for.
    from scoring.packet.pdf import render_pdf

    words = _difference(unsealed(content), render_pdf(document, enclosed))
    if words.endswith(_OTHER_PROGRAM) and other:
        return Check("layout", None, words)
    return Check("layout", not words, words or "按所载数据重新生成，与本文件逐字节相同（签章数字除外）。")


def _difference(content: bytes, made: bytes) -> str:
    if made == content:
        return ""
    if content.startswith(made):
        return f"文件末尾被追加了{len(content) - len(made)}字节：不是签发时生成的原文件。"
    if made.startswith(content):
        return f"文件不完整：应有{len(made)}字节，现有{len(content)}字节。"
    place = next((i for i, pair in enumerate(zip(made, content, strict=False)) if pair[0] != pair[1]), 0)
    return f"与按所载数据重新生成的文件不同，自第{place + 1}字节起：{_OTHER_PROGRAM}"
