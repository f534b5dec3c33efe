"""系统签章（完整性校验）: the signature inside a packet's PDF. Bytes in, bytes out: no Django, no database.

PAdES B-B in one revision, made and read by pyHanko: the place for it is part of the file from the start
(exporting.sealing), so that the file without its digits is the one made again from the document. It proves
that nothing was changed since the file was sealed here; it is not a 可靠电子签名 of the e-signature law.

A signature protects what it covers, which is never its own container. So the container must be exactly the
one this module writes: the same DER around the same certificate, lower-case digits, and zeros to its end.
"""

import asyncio
import hashlib
import io
import re
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from exporting.sealing import PLACE, RESERVED

_ALGORITHM = "sha256"


class SealError(ValueError):
    """A file cannot be sealed with this key; the message is a Chinese sentence."""


COMMON_NAME_BYTES = 64  # of UTF-8: limit of the library for a common name, 21 hanzi
PURPOSE = " 迎检包系统签章"  # of a key, behind the hospital in the name of its certificate


@dataclass(frozen=True)
class SealKey:
    """A certificate (DER) and, where it is ours to use, its private key (DER, PKCS#8)."""

    certificate: bytes
    private_key: bytes

    @property
    def fingerprint(self) -> str:
        return fingerprint(self.certificate)


@dataclass(frozen=True)
class SealCheck:
    """The check of a seal. Each of the three texts is "" or a problem in Chinese."""

    fingerprint: str
    subject: str
    broken: str
    uncovered: str
    altered: str


def fingerprint(certificate: bytes) -> str:
    """SHA-256 of the certificate as DER: 64 lower-case digits, as openssl and browsers show it."""
    return hashlib.sha256(certificate).hexdigest()


def signer_name(common: str, organization: str) -> str:
    """Whom a certificate names. A common name has room for 21 hanzi, so that a hospital's is cut in it; the
    organization has the whole name."""
    hospital = common.removesuffix(PURPOSE)
    full = len(common.encode()) > COMMON_NAME_BYTES - len("签".encode())
    is_cut = full and hospital != common and organization.startswith(hospital)
    return organization + PURPOSE if is_cut else common


def read_fingerprint(text: str) -> str:
    """The fingerprint as typed from paper (groups, colons, capitals), or "" when it is none.

    >>> read_fingerprint("AB:" * 31 + "ab")[:4]
    'abab'
    """
    digits = re.sub(r"[\s:]", "", text).lower()
    return digits if re.fullmatch(r"[0-9a-f]{64}", digits) else ""


def is_sealed(content: bytes) -> bool:
    """Whether the file contains a signature, valid or not."""
    return b"/ByteRange" in content and b"ETSI.CAdES.detached" in content


def unsealed(content: bytes) -> bytes:
    """The file as it was before the seal was set: its digits are zeros again. As it is when it has none."""
    found = _place(content)
    if not found:
        return content
    start, end = found.span("digits")
    return content[:start] + b"<" + b"0" * (2 * RESERVED) + b">" + content[end:]


def seal(content: bytes, key: SealKey) -> bytes:
    """The file with its empty field signed. Raises SealError, ValueError without an empty field."""
    found = _place(content)
    if not found:
        raise ValueError("the file has no empty signature field")
    start, end = found.span("digits")
    digest = hashlib.sha256(content[:start] + content[end:]).digest()
    digits = _signed(digest, key).hex().encode()
    if len(digits) > 2 * RESERVED:
        raise SealError("签章证书过大，写不进PDF预留的位置，请换用较小的证书。")
    return content[:start] + b"<" + digits.ljust(2 * RESERVED, b"0") + b">" + content[end:]


def check_seal(content: bytes) -> SealCheck:
    """Everything about the seal but whether its certificate is one to be trusted. Never raises."""
    place = _place(content)
    if not place:
        return SealCheck("", "", "系统签章缺损。", "", "")
    start, end = place.span("digits")
    uncovered = _uncovered(place, content, start, end)
    try:
        return _checked(content, bytes.fromhex(content[start + 1 : end - 1].decode()), uncovered)
    except Exception:  # a damaged file can raise any error in the reader: it is not the sealed one
        return SealCheck("", "", "系统签章已损坏，无法读取。", uncovered, "")


def _place(content: bytes) -> re.Match[bytes] | None:
    """Where the seal is. A sealed packet enclosed as evidence may show another, with a range of its own."""
    places = list(PLACE.finditer(content))
    own = (found for found in places if int(found["before"]) == found.start("digits"))
    return next(own, places[0] if places else None)


def _uncovered(place: Any, content: bytes, start: int, end: int) -> str:
    before, after, rest = (int(place[name]) for name in ("before", "after", "rest"))
    if (before, after) != (start, end):
        return "系统签章标明的保护范围与实际不符：签章被移动或改动。"
    if after + rest < len(content):
        others = "，其中有他人签章，不是本系统签章" if b"/ByteRange" in content[after + rest :] else ""
        added = len(content) - after - rest
        return f"系统签章只覆盖前{after + rest}字节，其后另有{added}字节是后来加上的{others}。"
    if after + rest > len(content):
        return f"文件不完整：系统签章覆盖{after + rest}字节，现有{len(content)}字节。"
    return ""


def _checked(content: bytes, container: bytes, uncovered: str) -> SealCheck:
    from asn1crypto import cms

    info = cms.ContentInfo.load(container)
    certificate = info["content"]["certificates"][0].chosen
    der = certificate.dump()
    named = certificate.subject.native
    subject = signer_name(str(named.get("common_name", "")), str(named.get("organization_name", "")))
    found = (fingerprint(der), subject)
    if container != _container(info, der).ljust(RESERVED, b"\0"):
        return SealCheck(*found, "系统签章的数据被改动，或是他人签章，不是本系统签章。", uncovered, "")
    if uncovered:
        return SealCheck(*found, "", uncovered, "")
    return SealCheck(*found, *_apart(lambda: _validated(content)))


def _validated(content: bytes) -> tuple[str, str, str]:
    """pyHanko's result for a file with a correct container: (broken, uncovered, altered)."""
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.diff_analysis import ModificationLevel
    from pyhanko.sign.fields import MDPPerm
    from pyhanko.sign.validation import async_validate_pdf_signature
    from pyhanko.sign.validation.settings import KeyUsageConstraints
    from pyhanko.sign.validation.status import SignatureCoverageLevel
    from pyhanko_certvalidator import ValidationContext

    reader = PdfFileReader(io.BytesIO(content))
    (found,) = reader.embedded_signatures
    # Whose key it is, the caller asks by fingerprint; here the certificate vouches for itself.
    trust = ValidationContext(trust_roots=[found.signer_cert], allow_fetching=False)
    lenient = KeyUsageConstraints(key_usage=set())
    status = _run(async_validate_pdf_signature(found, trust, key_usage_settings=lenient))
    if not (status.intact and status.valid):
        return ("内容与系统签章不符：文件在签章之后被改动。", "", "")
    uncovered = status.coverage != SignatureCoverageLevel.ENTIRE_FILE or reader.total_revisions != 1
    certifies = reader.root["/Perms"].raw_get("/DocMDP") == found.sig_field.raw_get("/V")
    altered = (
        status.modification_level != ModificationLevel.NONE
        or found.docmdp_level != MDPPerm.NO_CHANGES
        or not certifies
    )
    return (
        "",
        "系统签章没有覆盖整个文件。" if uncovered else "",
        "签章之后文件有改动，或这一签章不禁止改动，不是本系统签章。" if altered else "",
    )


def _signed(digest: bytes, key: SealKey) -> bytes:
    """The container (DER) over a digest of the file."""
    from asn1crypto import keys, x509
    from pyhanko.sign.signers import SimpleSigner
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    certificate = x509.Certificate.load(key.certificate)
    _mechanism(certificate)
    # Only the signer's own certificate is included (B-B does not require others): so the fingerprint and
    # the signature cover everything in the container.
    signer = SimpleSigner(
        signing_cert=certificate,
        signing_key=keys.PrivateKeyInfo.load(key.private_key),
        cert_registry=SimpleCertificateStore(),  # type: ignore[no-untyped-call]  # pyHanko's own
    )
    info = _apart(lambda: _run(signer.async_sign(digest, _ALGORITHM, use_pades=True)))
    return _container(info, key.certificate)


def _container(info: Any, certificate: bytes) -> bytes:
    """The container in its only form: rebuilt from its signed attributes and its signature value."""
    from asn1crypto import cms, x509

    found = info["content"]["signer_infos"][0]
    signer = x509.Certificate.load(certificate)
    attributes = cms.CMSAttributes.load(found["signed_attrs"].untag().dump())
    signer_info = {
        "version": "v1",
        "sid": cms.SignerIdentifier(
            "issuer_and_serial_number", {"issuer": signer.issuer, "serial_number": signer.serial_number}
        ),
        "digest_algorithm": {"algorithm": _ALGORITHM},
        "signed_attrs": attributes,
        "signature_algorithm": _mechanism(signer),
        "signature": found["signature"].native,
    }
    content = {
        "version": "v1",
        "digest_algorithms": [{"algorithm": _ALGORITHM}],
        "encap_content_info": {"content_type": "data"},
        "certificates": [cms.CertificateChoices("certificate", signer)],
        "signer_infos": [signer_info],
    }
    container: bytes = cms.ContentInfo(
        {"content_type": "signed_data", "content": cms.SignedData(content)}
    ).dump()
    return container


def _mechanism(signer: Any) -> dict[str, str]:
    kind = signer.public_key.algorithm
    names = {"rsa": "sha256_rsa", "ec": "sha256_ecdsa"}
    if kind not in names:
        raise SealError(f"签章密钥的算法为{kind}，只支持RSA与ECDSA。")
    return {"algorithm": names[kind]}


def _run(task: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(task)


def _apart(work: Callable[[], Any]) -> Any:
    """In a thread of its own: pyHanko runs an event loop, and the caller's may be inside one."""
    with ThreadPoolExecutor(1) as one:
        return one.submit(work).result()
