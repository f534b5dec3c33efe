"""佐证材料登记: documents entered, corrected, replaced by a new version, withdrawn with a reason.

Every function raises RefusedError, with a Chinese sentence, for what may not be done, and ConflictError when
the document was saved since the page that shows `version` was opened. Nothing is written then.
"""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.utils import timezone

from audits.conflicts import RefusedError, expect_version
from exporting.uploads import Accepted
from scoring.evidence.domain.conferences import CONFERENCE_RULES
from scoring.evidence.models import EvidenceDocument, EvidenceUse
from staff.accounts.models import User
from staff.departments.models import Department
from staff.register.models import Member
from standards.loader import current_edition
from trail.chain import record

_LENGTHS = {"title": 120, "version_label": 40, "owner_name": 60, "note": 300}
_FIELDS = (*_LENGTHS, "valid_from", "valid_until", "review_due_on", "owner", "conference_period")


@dataclass(frozen=True)
class DocumentValues:
    """The fields of a document form; `kinds` are codes of the edition's kinds, at least one."""

    title: str
    kinds: Sequence[str]
    valid_from: date
    version_label: str = ""
    valid_until: date | None = None
    owner: Member | None = None
    owner_name: str = ""
    review_due_on: date | None = None
    note: str = ""
    conference_period: str = ""


@transaction.atomic
def register_document(
    department: Department, values: DocumentValues, *, by: User | None, file: Accepted | None = None
) -> EvidenceDocument:
    """A document of the register, valid from its first day."""
    document = EvidenceDocument(department=department, created_by=by)
    _fill(document, values)
    _save(document, values, file)
    record("scoring.register_document", by=by, target=document, detail=_trail_detail(document, values))
    return document


@transaction.atomic
def change_document(
    document: EvidenceDocument,
    values: DocumentValues,
    *,
    version: int,
    by: User | None,
    file: Accepted | None = None,
) -> EvidenceDocument:
    """Correct what was entered. A file may be added, never exchanged: signed packets name it by its hash."""
    document = _locked(document, version)
    if file is not None and document.file:
        raise RefusedError("已有文件，不能替换：请登记新版本；上传有误的，撤回后另行登记。")
    before = _words(document, document.kinds)
    _fill(document, values)
    after = _words(document, tuple(values.kinds))
    changed = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
    if file is not None:
        changed["sha256"] = ["", file.sha256]
    if not changed:
        return document
    document.version += 1
    _save(document, values, file)
    record("scoring.change_document", by=by, target=document, detail={"changed": changed})
    return document


@transaction.atomic
def replace_document(
    document: EvidenceDocument,
    values: DocumentValues,
    *,
    version: int,
    by: User | None,
    file: Accepted | None = None,
) -> EvidenceDocument:
    """新版本: valid from its first day, the old one until the day before; both stay in the register."""
    old = _locked(document, version)
    if values.valid_from <= old.valid_from:
        raise RefusedError(f"新版本的生效日期应晚于原版本的生效日期（{old.valid_from}）。")
    newer = EvidenceDocument(department=old.department, created_by=by, replaces=old)
    _fill(newer, values)
    try:
        with transaction.atomic():
            _save(newer, values, file)
    except IntegrityError:
        raise RefusedError("这份资料已有新版本，请在新版本上更新。") from None
    old.version += 1
    old.save(update_fields=["version", "updated_at"])
    detail = _trail_detail(newer, values) | {"earlier_document": str(old)}
    record("scoring.replace_document", by=by, target=newer, detail=detail)
    return newer


@transaction.atomic
def withdraw_document(
    document: EvidenceDocument, *, reason: str, version: int, by: User | None
) -> EvidenceDocument:
    """Withdraw a document entered in error: it is never valid, and its old version is valid again."""
    document = _locked(document, version)
    if not reason.strip():
        raise RefusedError("撤回须写明理由，例如“上传了错误的文件，已另行登记”。")
    if document.successors.not_withdrawn().exists():
        raise RefusedError("这份资料已有新版本，请先撤回新版本。")
    document.withdrawn_at, document.withdrawn_by = timezone.now(), by
    document.withdrawn_reason = _short(reason, "理由", 200)
    document.version += 1
    document.save()
    detail = {"title": str(document), "reason": document.withdrawn_reason}
    record("scoring.withdraw_document", by=by, target=document, detail=detail)
    return document


def _locked(document: EvidenceDocument, version: int) -> EvidenceDocument:
    row = EvidenceDocument.objects.select_for_update(of=("self",)).select_related("department")
    found: EvidenceDocument = row.get(pk=document.pk)
    expect_version(found, version)
    if found.withdrawn_at is not None:
        raise RefusedError("这份资料已撤回，不能再改；请另行登记。")
    return found


def _fill(document: EvidenceDocument, values: DocumentValues) -> None:
    for name, most in _LENGTHS.items():
        label = str(getattr(EvidenceDocument._meta.get_field(name), "verbose_name", name))
        setattr(document, name, _short(getattr(values, name), label, most))
    document.valid_from, document.valid_until = values.valid_from, values.valid_until
    document.review_due_on, document.owner = values.review_due_on, values.owner
    document.conference_period = values.conference_period
    _refuse_unfit(document, values)


def _refuse_unfit(document: EvidenceDocument, values: DocumentValues) -> None:
    if not document.title:
        raise RefusedError("请填写资料名称，例如“影像报告书写规范”。")
    known = current_edition().document_kinds
    if not values.kinds or any(kind not in known for kind in values.kinds):
        raise RefusedError("请至少勾选一个资料类别：它决定这份资料用于评分表的哪一行。")
    if len({known[kind].dated for kind in values.kinds}) > 1:
        raise RefusedError("制度文件与某一天的记录请分开登记：前者长期有效，后者只属于当天。")
    if document.conference_period and CONFERENCE_RULES not in values.kinds:
        name = known[CONFERENCE_RULES].name_zh
        raise RefusedError(f"讨论会召开周期只用于“{name}”：请勾选该类别，或将周期留空。")
    if document.valid_until and document.valid_until < document.valid_from:
        raise RefusedError(f"有效期至（{document.valid_until}）早于生效日期（{document.valid_from}）。")
    if document.owner and document.owner.department_id != document.department_id:
        raise RefusedError("负责人不在本科室的人员登记表中，请重新选择，或直接填写姓名。")
    if document.owner and document.owner_name:
        raise RefusedError("负责人请二选一：从登记表中选择，或直接填写姓名。")


def _short(text: str, label: str, most: int) -> str:
    text = text.strip()
    if len(text) > most:
        raise RefusedError(f"{label}最多{most}字，现有{len(text)}字，请精简。")
    return text


def _save(document: EvidenceDocument, values: DocumentValues, file: Accepted | None) -> None:
    """Save the row and its uses; delete the file when the row cannot be saved."""
    if file is not None:
        document.file_name, document.file_sha256 = file.name, file.sha256
        document.file_size = len(file.content)
        document.file.save(str(file.file.name), file.file, save=False)
    try:
        document.save()
        wanted = list(dict.fromkeys(values.kinds))
        document.uses.exclude(kind__in=wanted).delete()
        known = set(document.uses.values_list("kind", flat=True))
        EvidenceUse.objects.bulk_create(
            EvidenceUse(document=document, kind=kind) for kind in wanted if kind not in known
        )
    except Exception:
        if file is not None:
            with contextlib.suppress(OSError):
                default_storage.delete(str(document.file.name))
        raise


def _words(document: EvidenceDocument, kinds: Sequence[str]) -> dict[str, str]:
    found = {name: str(getattr(document, name) or "") for name in _FIELDS}
    return found | {"document_kinds": _kinds_zh(kinds)}


def _trail_detail(document: EvidenceDocument, values: DocumentValues) -> dict[str, Any]:
    detail = {
        "title": str(document),
        "document_kinds": _kinds_zh(values.kinds),
        "valid_from": str(document.valid_from),
        "valid_until": str(document.valid_until or ""),
    }
    return detail | ({"sha256": document.file_sha256} if document.file_sha256 else {})


def _kinds_zh(kinds: Sequence[str]) -> str:
    known = current_edition().document_kinds
    return "、".join(sorted(known[kind].name_zh if kind in known else kind for kind in kinds))


def values_of(document: EvidenceDocument) -> dict[str, Any]:
    """The document as a form shows it."""
    plain = {name: getattr(document, name) for name in _FIELDS if name != "owner"}
    return plain | {"kinds": list(document.kinds), "owner": document.owner_id}
