"""Uploaded files: scans of certificates and evidence (docs/quality.md I5).

The type is determined by the content (PDF, JPEG or PNG), not by the name. A file is stored under a random
name outside the web root and served as an attachment that no browser opens inline. Its SHA-256 is verified at
each download, so that a file changed on disk is never served as the original.
"""

import hashlib
from dataclasses import dataclass
from typing import Any

from django.core.files import File
from django.core.files.base import ContentFile
from django.http import HttpRequest, HttpResponse

from exporting.download import download_response, safe_filename
from trail.chain import record

MOST_BYTES = 10 * 1024 * 1024  # a page scanned in colour at 300 dpi takes 1 to 3 MB
ACCEPT = ".pdf,.jpg,.jpeg,.png"  # the `accept` attribute of file fields
HELP = "PDF、JPEG或PNG，不超过10 MB。"

_PNG = b"\x89PNG\r\n\x1a\n"
_TYPES = {"pdf": "application/pdf", "jpg": "image/jpeg", "png": "image/png"}


class UploadRefusedError(ValueError):
    """The file is not accepted; the message says what was found and what is expected."""


class FileDamagedError(ValueError):
    """The stored file is missing or was changed since the upload; the message says which."""


@dataclass(frozen=True)
class Accepted:
    """A file that may be stored; `name` is safe to show and save, `ending` follows from the content."""

    name: str
    ending: str
    sha256: str
    content: bytes

    @property
    def file(self) -> "ContentFile[bytes]":
        """The content for a FileField, whose `upload_to` makes a random name from the ending alone."""
        return ContentFile(self.content, name=f"file.{self.ending}")


def accept(upload: "File[bytes]", *, most_bytes: int = MOST_BYTES) -> Accepted:
    """Check an upload. Raises UploadRefusedError when it is empty, too large, or of no accepted type."""
    if not upload.size:
        raise UploadRefusedError("文件是空的（0字节），请重新选择。")
    if upload.size > most_bytes:
        found, limit = upload.size / 1024 / 1024, most_bytes / 1024 / 1024
        raise UploadRefusedError(f"文件有{found:.1f} MB，上限为{limit:.0f} MB；请降低扫描分辨率后重新上传。")
    upload.seek(0)
    content = upload.read()
    ending = kind_of(content)
    if not ending:
        raise UploadRefusedError("文件内容不是PDF、JPEG或PNG（按内容判断，不看文件名），请另存为其中一种。")
    return Accepted(
        shown_name(upload.name or "", ending), ending, hashlib.sha256(content).hexdigest(), content
    )


def kind_of(content: bytes) -> str:
    """ "pdf", "jpg" or "png" by the first bytes of the content; "" for anything else."""
    if content.startswith((b"%PDF-1.", b"%PDF-2.")) and b"%%EOF" in content[-2048:]:
        return "pdf"
    if content.startswith(b"\xff\xd8\xff"):
        return "jpg"
    return "png" if content.startswith(_PNG) and content[12:16] == b"IHDR" else ""


def shown_name(name: str, ending: str) -> str:
    """The file name to show and save: safe, without a path, with the ending of the actual type."""
    stem = safe_filename(name)
    last = stem.rpartition(".")[2].lower()
    if last == ending or (ending == "jpg" and last == "jpeg"):
        return stem
    return safe_filename(f"{stem.replace('.', '_')}.{ending}")


def stored_response(
    request: HttpRequest,
    stored: Any,
    *,
    name: str,
    sha256: str,
    action: str,
    target: Any = None,
    department: Any = None,
    detail: dict[str, Any] | None = None,
) -> HttpResponse:
    """Return the stored file as a recorded attachment. FileDamagedError (recorded) when its hash differs."""
    facts = detail or {}
    try:
        with stored.open("rb") as file:
            content = file.read()
    except OSError:
        content = None
    if content is None or hashlib.sha256(content).hexdigest() != sha256:
        by = request.user
        record(action, by=by, target=target, department=department, detail=facts, result="refused")
        what = "已不在服务器上" if content is None else "与登记时的校验值不符，曾被改动"
        raise FileDamagedError(f"“{name}”{what}，不能提供下载。请联系系统管理员核查，并重新上传原件。")
    kind = _TYPES.get(kind_of(content), "application/octet-stream")
    return download_response(
        request,
        filename=name,
        content=content,
        content_type=kind,
        action=action,
        target=target,
        department=department,
        detail=facts,
    )
