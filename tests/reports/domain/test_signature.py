"""4.5: signed, in a permitted way, by the last editor, after the last change."""

from datetime import datetime, timedelta

import pytest

from reports.domain.signature import (
    NOT_LAST_EDITOR,
    NOT_SIGNED,
    SIGNED_BEFORE_EDIT,
    is_administrative,
    permitted_method,
    signature_faults,
)

ISSUED = datetime(2026, 3, 2, 10, 0)
SIGNED = datetime(2026, 3, 2, 10, 30)
EDITED = datetime(2026, 3, 2, 10, 29)
CLEAN = {
    "is_final": True,
    "signed_by": "审核乙",
    "signature_method": "CA电子签名",
    "signed_at": SIGNED,
    "last_modified_by": "审核乙",
    "last_modified_at": EDITED,
    "modification_kind": "内容修改",
    "reported_at": ISSUED,
}
UNKNOWN = dict.fromkeys(CLEAN) | {"is_final": True}


def codes(**fields):
    return tuple(code for code, _ in signature_faults(**(CLEAN | fields)))


def test_signature_of_the_last_editor_after_the_change_has_no_fault():
    assert codes() == ()


def test_signature_nothing_known_is_no_fault():
    assert signature_faults(**UNKNOWN) == ()


def test_signature_report_not_final_is_not_asked():
    assert codes(is_final=False, signed_by="", signature_method="") == ()


@pytest.mark.parametrize("fields", [{"signed_by": ""}, {"signature_method": "", "signed_at": None}])
def test_signature_known_to_be_empty_is_not_signed(fields):
    assert codes(**fields) == (NOT_SIGNED,)


@pytest.mark.parametrize(
    "method", ["打印姓名", "图片签名", "键入姓名", "未签名", "密码确认", "未经认证的电子签名"]
)
def test_signature_in_another_way_is_not_signed_and_names_it(method):
    assert signature_faults(**(CLEAN | {"signature_method": method})) == (
        (NOT_SIGNED, f"签名方式为“{method}”，不是手写签名或经认证的电子签名。"),
    )


@pytest.mark.parametrize(
    "method",
    ["手写签名", "CA电子签名", "电子签名", "数字证书", "UKey签名", "handwritten", "certified_electronic"],
)
def test_permitted_method_handwritten_or_electronic_is_permitted(method):
    assert permitted_method(method) is True


@pytest.mark.parametrize("method", ["打印姓名", "盖章", "", " "])
def test_permitted_method_other_words_or_none_are_not_permitted(method):
    assert permitted_method(method) is False


def test_permitted_method_bare_code_is_not_known():
    assert permitted_method("1") is None
    assert codes(signature_method="1") == ()


def test_signer_other_than_the_last_editor_is_named_with_the_editor():
    assert signature_faults(**(CLEAN | {"last_modified_by": "书写甲"})) == (
        (NOT_LAST_EDITOR, "末次修改者为书写甲，署名的签发医师为审核乙，应由末次修改者署名。"),
    )


def test_signer_same_person_with_number_is_the_last_editor():
    assert codes(signed_by="审核乙(1003)", last_modified_by="审 核乙") == ()
    assert codes(signed_by="审核乙(1003)", last_modified_by="审核乙(1004)") == (NOT_LAST_EDITOR,)


def test_signature_administrative_correction_needs_no_new_one():
    late = {"last_modified_by": "信息科管理员", "last_modified_at": SIGNED + timedelta(days=1)}
    assert codes(**late, modification_kind="行政更正") == ()
    assert codes(**late, modification_kind="") == ()
    # The kept versions show that the text did change: the word alone excuses nothing.
    assert codes(**late, modification_kind="行政更正", content_changed=True) == (
        NOT_LAST_EDITOR,
        SIGNED_BEFORE_EDIT,
    )


def test_signature_change_that_left_the_text_alone_is_no_amendment():
    assert codes(last_modified_by="书写甲", content_changed=False) == ()


def test_signature_change_before_the_first_issue_is_no_amendment():
    assert codes(last_modified_by="书写甲", last_modified_at=ISSUED) == ()
    assert codes(last_modified_by="书写甲", last_modified_at=ISSUED + timedelta(seconds=1)) == (
        NOT_LAST_EDITOR,
    )


@pytest.mark.parametrize(("seconds", "expected"), [(60, ()), (61, (SIGNED_BEFORE_EDIT,))])
def test_signature_before_the_last_change_tolerates_a_minute(seconds, expected):
    assert codes(last_modified_at=SIGNED + timedelta(seconds=seconds)) == expected


def test_signature_before_the_last_change_names_both_times():
    edited = SIGNED + timedelta(minutes=5)
    sentence = f"{SIGNED:%Y-%m-%d %H:%M}签名后，{edited:%Y-%m-%d %H:%M}又修改了报告内容，未重新签名。"
    assert signature_faults(**(CLEAN | {"last_modified_at": edited})) == ((SIGNED_BEFORE_EDIT, sentence),)


def test_signature_editor_without_time_counts_only_for_a_change_of_content():
    assert codes(last_modified_by="书写甲", last_modified_at=None) == (NOT_LAST_EDITOR,)
    assert codes(last_modified_by="书写甲", last_modified_at=None, modification_kind=None) == ()


def test_is_administrative_words():
    assert is_administrative("行政更正")
    assert is_administrative("非内容修改")
    assert not is_administrative("内容修改")
    assert is_administrative(None, "系统管理员")
    assert not is_administrative(None, "书写甲")
