"""Codes with their Chinese label, so that pages, exports and messages show the same."""

from enum import StrEnum


class LabelledEnum(StrEnum):
    """A code (what is stored) with `zh` (what is shown). Members are written `NAME = "code", "中文"`."""

    zh: str

    def __new__(cls, code: str, zh: str = "") -> "LabelledEnum":
        member = str.__new__(cls, code)
        member._value_ = code
        member.zh = zh
        return member
