"""迎检包文件: built and sealed once from the signed document, stored, checked by SHA-256 at each download."""

import contextlib
import hashlib
import secrets
from collections.abc import Collection

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from audits.conflicts import RefusedError
from scoring.content.document import PacketDocument
from scoring.content.enclosures import left_out_lines
from scoring.packet.actions.keys import current_key
from scoring.packet.models import PacketFile
from scoring.packet.overflow import overflow_zip
from scoring.packet.queries.evidence import left_out_files
from scoring.packet.rendering import render
from scoring.packet.signature import SealError, seal
from scoring.sheets.actions.differences import as_signed, refuse_sealing
from scoring.sheets.models import Sheet
from staff.accounts.models import User
from trail.chain import record


def packet_file(sheet: Sheet, kind: str, *, by: User | None) -> bytes:
    """The bytes of one kind of a signed sheet's packet. Raises RefusedError."""
    return packet_files(sheet, (kind,), by=by)[kind]


def packet_files(sheet: Sheet, kinds: Collection[str], *, by: User | None) -> dict[str, bytes]:
    """The bytes of each kind: the stored ones, or rendered again where they are missing.

    A stored file whose SHA-256 differs is never returned: it is replaced from the signed document, and the
    trail records it. What was rendered is stored together: while one worker writes, all others wait for it.
    A sheet whose record differs from its signing event gets none, not even stored ones. Raises
    RefusedError.
    """
    document = as_signed(sheet, by=by)
    known = {row.kind: row for row in PacketFile.objects.filter(sheet=sheet, kind__in=kinds)}
    stored = {kind: _stored(row) for kind, row in known.items()}
    found = {kind: data for kind, data in stored.items() if data and _is_as_made(known[kind], data)}
    if len(found) < len(kinds):
        refuse_sealing(sheet, by=by)
        made = {kind: made_file(sheet, document, kind, by=by) for kind in kinds if kind not in found}
        with transaction.atomic():
            for kind, content in made.items():
                _keep(sheet, kind, content, damaged=stored.get(kind) is not None, by=by)
        found |= made
    return {kind: found[kind] for kind in kinds}


def made_file(sheet: Sheet, document: PacketDocument, kind: str, *, by: User | None) -> bytes:
    """The file; a PDF is sealed, unless the packet was signed before seals existed. RefusedError, recorded in
    the trail, when it cannot be sealed.

    Where the key has changed since, the one in force seals: verifiers know both.
    """
    content = render(document, kind)
    if kind != PacketFile.Kind.PDF or document.seal is None:
        return content
    try:
        return seal(content, current_key(by=by))
    except SealError as problem:
        raise _not_sealed(sheet, problem, by) from None


def _not_sealed(sheet: Sheet, problem: SealError, by: User | None) -> RefusedError:
    record("scoring.seal_refused", by=by, target=sheet, detail={"reason": str(problem)}, result="refused")
    return RefusedError(f"{problem}请联系系统管理员。")


def overflow_file(sheet: Sheet, *, by: User | None) -> bytes | None:
    """The ZIP of the evidence that did not fit into a signed packet; None where all files did.

    Made anew at each download: it is rare, large, and the same each time. Raises RefusedError.
    """
    document = as_signed(sheet, by=by)
    if not left_out_lines(document):
        return None
    try:
        key = current_key(by=by) if document.seal else None
        return overflow_zip(
            document, left_out_files(document), lambda content: seal(content, key) if key else content
        )
    except SealError as problem:
        raise _not_sealed(sheet, problem, by) from None


def _is_as_made(known: PacketFile, content: bytes) -> bool:
    return hashlib.sha256(content).hexdigest() == known.sha256


def _stored(known: PacketFile) -> bytes | None:
    try:
        with known.file.open("rb") as file:
            content: bytes = file.read()
            return content
    except OSError:
        return None


@transaction.atomic
def _keep(sheet: Sheet, kind: str, content: bytes, *, damaged: bool, by: User | None) -> None:
    """Store the bytes under a random name and remember their SHA-256; one row per sheet and kind."""
    Sheet.objects.select_for_update().get(pk=sheet.pk)
    known = PacketFile.objects.filter(sheet=sheet, kind=kind).first()
    sha256 = hashlib.sha256(content).hexdigest()
    before = (known.sha256, known.file.name) if known else ("", "")
    known = known or PacketFile(sheet=sheet, kind=kind)
    known.sha256, known.size = sha256, len(content)
    known.file.save(f"{secrets.token_hex(16)}.{kind}", ContentFile(content), save=False)
    known.save()
    detail = {"kind": kind, "sha256": sha256, "hash": sheet.content_hash}
    if before[0] and (damaged or before[0] != sha256):
        detail["before"] = before[0]
    result = "refused" if damaged else "done"
    action = "scoring.packet_damaged" if damaged else "scoring.packet_rendered"
    record(action, by=by, target=sheet, detail=detail, result=result)
    if before[1] and before[1] != known.file.name:
        transaction.on_commit(lambda: _discard(before[1] or ""))


def _discard(name: str) -> None:
    with contextlib.suppress(OSError):
        default_storage.delete(name)
