"""4.5: is a report signed by a permitted method, by its last editor, and after the last change?

Used by the text checks and by the list of exceptions.
None means "not known" (the export has no such column) and is never a fault; "" means "known to
be empty". Times are compared as given: both with a zone or both without.
"""

import re
import unicodedata
from datetime import datetime, timedelta
from functools import lru_cache

from reports.domain.people import people_in

NOT_SIGNED = "4.5/not-signed"
NOT_LAST_EDITOR = "4.5/signer-not-last-editor"
SIGNED_BEFORE_EDIT = "4.5/signed-before-last-edit"
CLOCK_SKEW = timedelta(seconds=60)  # two servers' clocks

Fault = tuple[str, str]

_REFUSED = re.compile(
    r"打印|打字|键入|输入|录入|图片|图像|照片|截图|扫描|印章|盖章|代签|未签|未认证|未经认证|无CA|非CA|没有|不签|密码|口令|账号"
    r"|^[无否]|print|typed|image|picture|scan|stamp|uncertified|none|unsigned",
    re.I,
)
_PERMITTED = re.compile(
    r"手写|手签|手工签|亲笔|本人签|手书|CA|电子签|数字签|数字证书|电子认证|证书签|U-?KEY|handwrit|certified|electronic|digital",
    re.I,
)
_ADMINISTRATIVE = re.compile(r"行政|管理员|非内容|非文字|基本信息|administrative|clerical|demographic", re.I)
_CONTENT = re.compile(r"内容|描述|诊断|结论|所见|文字|content|clinical|text", re.I)
_CLERK = re.compile(r"管理员|信息科|信息中心|系统|admin|system", re.I)


@lru_cache(maxsize=1024)  # an export has a handful of them
def permitted_method(method: str) -> bool | None:
    """Is this a handwritten or certified electronic signature? None for a code without meaning."""
    plain = unicodedata.normalize("NFKC", method).strip()
    if _REFUSED.search(plain):
        return False
    if _PERMITTED.search(plain):
        return True
    return False if re.search(r"[^\W\d_]", plain) or not plain else None


@lru_cache(maxsize=1024)
def is_administrative(kind: str | None, edited_by: str | None = None) -> bool:
    """Does the last change count as an administrative correction, which needs no new signature?

    A kind that is not given leaves only the editor's name: an administrator's account writes no diagnosis.
    """
    plain = unicodedata.normalize("NFKC", kind or "").strip()
    if _CONTENT.search(re.sub(r"非(内容|文字)", "", plain)):
        return False
    if plain:
        return bool(_ADMINISTRATIVE.search(plain))
    return bool(_CLERK.search(edited_by or ""))


def signature_faults(
    *,
    is_final: bool,
    signed_by: str | None,
    signature_method: str | None,
    signed_at: datetime | None,
    last_modified_by: str | None,
    last_modified_at: datetime | None,
    modification_kind: str | None,
    reported_at: datetime | None = None,
    content_changed: bool | None = None,
) -> tuple[Fault, ...]:
    """(code, sentence) of every fault of 4.5, in the clause's order; none before the final report.

    `content_changed`: whether stored versions differ in findings or impression; None leaves the decision to
    `modification_kind`. `reported_at` is the first issue: a change before it is not a 再次修改.
    """
    if not is_final:
        return ()
    faults: list[Fault] = []
    if sentence := _not_signed(signed_by, signature_method, signed_at):
        faults.append((NOT_SIGNED, sentence))
    if not _changed_after_issue(
        last_modified_by, last_modified_at, modification_kind, reported_at, content_changed
    ):
        return tuple(faults)
    if sentence := _other_editor(signed_by, last_modified_by):
        faults.append((NOT_LAST_EDITOR, sentence))
    if signed_at and last_modified_at and signed_at + CLOCK_SKEW < last_modified_at:
        sentence = f"{_minute(signed_at)}签名后，{_minute(last_modified_at)}又修改了报告内容，未重新签名。"
        faults.append((SIGNED_BEFORE_EDIT, sentence))
    return tuple(faults)


def _not_signed(signed_by: str | None, method: str | None, signed_at: datetime | None) -> str:
    """Why the report is not signed; an empty sentence when it is, or when that is not known."""
    if signed_by is not None and not people_in(signed_by):
        return "报告没有签发医师的署名。"
    if method is None:
        return ""
    if not method.strip():
        when = "和签名时间" if signed_at is None else ""
        return f"报告已签发，但没有签名方式{when}：应为手写签名或经认证的电子签名。"
    if permitted_method(method) is False:
        return f"签名方式为“{method.strip()}”，不是手写签名或经认证的电子签名。"
    return ""


def _changed_after_issue(
    edited_by: str | None,
    edited_at: datetime | None,
    kind: str | None,
    reported_at: datetime | None,
    content_changed: bool | None,
) -> bool:
    """Was the clinical text changed again after the report was issued?"""
    if content_changed is False or not (edited_by or edited_at):
        return False
    if content_changed is None and is_administrative(kind, edited_by):
        return False
    if edited_at is None or reported_at is None:
        # Without both times, only a kind that names a change of content proves one.
        return bool(content_changed or _CONTENT.search(kind or ""))
    return edited_at > reported_at


def _other_editor(signed_by: str | None, edited_by: str | None) -> str:
    signers, editors = people_in(signed_by), people_in(edited_by)
    if not signers or not editors or any(s.may_be(e) for s in signers for e in editors):
        return ""
    names = "、".join(map(str, editors)), "、".join(map(str, signers))
    return f"末次修改者为{names[0]}，署名的签发医师为{names[1]}，应由末次修改者署名。"


def _minute(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M")
