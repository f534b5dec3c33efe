"""未脱敏迎检包文件: built for one approval in force, stored separately, removed when it expires."""

import contextlib
import hashlib
import secrets

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from audits.conflicts import RefusedError
from scoring.content.document import PacketDocument
from scoring.packet.actions.files import made_file
from scoring.packet.json import read_json, render_json
from scoring.sheets.actions.differences import as_signed, refuse_sealing
from scoring.unmasking.models import UnmaskedFile, UnmaskRequest
from scoring.unmasking.queries.document import unmasked_document
from staff.accounts.models import User
from trail.chain import record

OVER = "没有有效的批准：未脱敏的迎检包未经批准，或批准已到期、已收回、已随更正失效。"
_JSON = "json"


def unmasked_file(request: UnmaskRequest, kind: str, *, by: User) -> bytes:
    """The bytes of one kind: the stored ones, or built now.

    Raises RefusedError unless the approval is in force and the sheet is what was signed.

    The JSON is made first and all others from it, so that the files of one approval are one packet.
    """
    request = _in_force(request)
    as_signed(request.sheet, by=by)
    content = _stored(request, kind)
    if content is not None:
        return content
    data = _stored(request, _JSON)
    document = read_json(data) if data is not None else unmasked_document(request)
    if data is None:
        data = render_json(document)
        _keep(request, _JSON, data, document, by=by)
    if kind == _JSON:
        return data
    refuse_sealing(request.sheet, by=by)
    content = made_file(request.sheet, document, kind, by=by)
    _keep(request, kind, content, document, by=by)
    return content


def _in_force(request: UnmaskRequest) -> UnmaskRequest:
    rows = UnmaskRequest.objects.in_force().select_related(
        "sheet__audit__department__institution", "inspector", "asked_by", "decided_by"
    )
    found: UnmaskRequest | None = rows.filter(pk=request.pk).first()
    if found is None:
        raise RefusedError(OVER)
    return found


def _stored(request: UnmaskRequest, kind: str) -> bytes | None:
    """The stored bytes; None when they are missing or changed."""
    known = UnmaskedFile.objects.filter(request=request, kind=kind).exclude(file="").first()
    if known is None:
        return None
    try:
        with known.file.open("rb") as file:
            content: bytes = file.read()
    except OSError:
        return None
    return content if hashlib.sha256(content).hexdigest() == known.sha256 else None


@transaction.atomic
def _keep(request: UnmaskRequest, kind: str, content: bytes, document: PacketDocument, *, by: User) -> None:
    """Store the bytes under a random name. Nothing is stored for an approval that ended meanwhile."""
    UnmaskRequest.objects.select_for_update().get(pk=request.pk)
    _in_force(request)
    known = UnmaskedFile.objects.filter(request=request, kind=kind).first()
    before = (known.sha256, known.file.name) if known else ("", "")
    known = known or UnmaskedFile(request=request, kind=kind)
    known.sha256, known.size = hashlib.sha256(content).hexdigest(), len(content)
    known.content_hash, known.made_at, known.removed_at = document.content_hash(), timezone.now(), None
    known.file.save(f"{secrets.token_hex(16)}.{kind}", ContentFile(content), save=False)
    known.save()
    detail = {"approval": request.pk, "kind": kind, "sha256": known.sha256, "hash": known.content_hash}
    action = "scoring.unmasked_damaged" if before[1] else "scoring.unmasked_rendered"
    record(action, by=by, target=request.sheet, detail=detail)
    if before[1]:
        transaction.on_commit(lambda: _discard([str(before[1])]))


@transaction.atomic
def remove_files(request: UnmaskRequest, *, by: User | None) -> int:
    """Delete the files of an ended approval, keep their rows; return how many."""
    UnmaskRequest.objects.select_for_update().get(pk=request.pk)
    rows = list(UnmaskedFile.objects.filter(request=request).exclude(file=""))
    names = [str(row.file.name) for row in rows]
    for row in rows:
        row.file, row.removed_at = "", timezone.now()
        row.save(update_fields=["file", "removed_at"])
    if rows:
        detail = {"approval": request.pk, "files": {row.kind: row.sha256 for row in rows}}
        record("scoring.unmasked_removed", by=by, target=request.sheet, detail=detail)
        transaction.on_commit(lambda: _discard(names))
    return len(rows)


def remove_ended() -> int:
    """Job of the worker: delete the files of every ended approval; return how many."""
    rows = UnmaskRequest.objects.expired_but_stored().filter(files__in=UnmaskedFile.objects.exclude(file=""))
    ended = rows.select_related("sheet__audit").distinct()
    return sum(remove_files(request, by=None) for request in ended)


def _discard(names: list[str]) -> None:
    for name in names:
        with contextlib.suppress(OSError):
            default_storage.delete(name)
