"""Coded fields: the values a person may choose, and which values in a file are known."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial

from reports.domain.signature import permitted_method
from reports.imports.domain.outline import Outline
from reports.intake import kinds
from reports.intake.heads import Head
from reports.intake.layout import Layout
from reports.intake.legends import RECOGNISED
from reports.intake.writings import EXAMPLES, Seen, unknown_in

_SEXES = ("男", "女", "未知")
_KINDS = tuple(kinds.OUTCOME_KINDS.split("、"))
# Values of each coded field that its readers and the text checks understand.
VOCABULARY: Mapping[str, tuple[str, ...]] = {
    "modality": ("DR", "CT", "MRI"),
    "report_status": ("已审核", "已签发", "未审核", "草稿", "已退回", "已作废"),
    "kind": _KINDS,
    "sex": _SEXES,
    "patient_class": ("门诊", "急诊", "住院", "体检"),
    "signature_method": ("电子签名", "手写签名", "打印姓名"),
    "modification_kind": ("内容修改", "行政修改"),
}
# Fields that may have no column, and that a person may set once for all rows.
CONSTANTS: Mapping[str, tuple[str, ...]] = {
    "reports": ("modality", "report_status", "patient_class", "signature_method", "institution_name"),
    "outcomes": ("kind",),
    "requests": ("sex", "requesting_department"),
    "alerts": ("receiving_department",),
}
# What the unknown values of these fields are about; a value that contains none of these terms may be a name.
TERMS = frozenset(
    """
    超声 彩超 透视 胸透 造影 钼靶 骨密度 介入 胃肠 钡餐 乳腺 口腔 牙片 摄片 照片
    平片 拍片 平扫 增强 核医学 核素 心电 脑电 内镜 胃镜 肠镜 镜检 放射 影像 病理
    手术 术中 活检 穿刺 细胞 检验 化验 培养 随访 复查 临床 讨论 会诊 尸检 途径 其他
    其它 不详 未知 不明 未定 待定 无法 未说明 男性 女性 门诊 急诊 住院 体检 查体
    报告 审核 登记 完成 作废 撤销 草稿 签名 修改 设备
    """.split()  # noqa: SIM905  (a list of words, not of quotes)
)
MOST_ASKED = 200
# Codes of refusals for a value without a meaning.
_CODES = ("unknown_value", "unknown_kind", "unknown_modality")
_HAN = re.compile(r"[\u3400-\u9fff]")


def _is_status(text: str) -> bool:
    """True for a word, an answer to a question, or an HL7 letter; other codes need an explanation."""
    return (
        bool(_HAN.search(text)) or re.fullmatch(r"[A-Za-z][A-Za-z _-]{2,}|[YNFPCARSIOXDTU]", text) is not None
    )


def _is_word(text: str) -> bool:
    """True for a word in Chinese, which needs no explanation."""
    return bool(_HAN.search(text))


KNOWN: Mapping[str, Callable[[str], bool]] = RECOGNISED | {
    # A kind outside the standard refuses its rows; here a person may say that it is one of the three.
    "modality": lambda text: kinds.kind_of(text) is not None,
    "report_status": _is_status,
    "patient_class": _is_word,
    "signature_method": lambda text: permitted_method(text) is not None,
    "modification_kind": _is_word,
}


@dataclass(frozen=True)
class Writing:
    """An unknown value of a coded field: its number of occurrences, and the first rows with it."""

    field: str
    text: str
    count: int
    rows: tuple[int, ...]


def unknown_writings(
    layout: Layout, outline: Outline, given: Mapping[str, Mapping[str, str | None]]
) -> tuple[Writing, ...]:
    """Values of the coded columns that no reader knows, and those a person explained (`given`).

    The most frequent ones of each field come first, at most MOST_ASKED in all: a longer list is not a
    vocabulary and cannot reasonably be filled in. `layout` describes the first rows in the outline, without
    the mapping of values; the counts are of all rows.
    """
    found: dict[tuple[str, str], Writing] = {}
    passed = {line.row for line in layout.passed_over}
    for head in (rows.head for rows in layout.tables):
        for name in sorted(head.fields & set(VOCABULARY)):
            for place in head.columns(name):
                values = outline.writings(head.sheet, place)
                unknown = set(unknown_in(head, place, values, partial(_is_known, layout, head, place, name)))
                for seen in values:
                    of_no_row = seen.count == len(seen.rows) and set(seen.rows) <= passed
                    # A header repeated on a later page is no value.
                    is_open = seen in unknown and not of_no_row and not head.labels[place].endswith(seen.text)
                    if is_open or seen.text in given.get(name, {}):
                        _add(found, Writing(name, seen.text, seen.count, seen.rows))
    order = list(VOCABULARY)
    listed = sorted(found.values(), key=lambda w: (order.index(w.field), -w.count, w.text))
    return tuple(listed[:MOST_ASKED])


def _is_known(layout: Layout, head: Head, place: int, name: str, said: str, seen: Seen) -> bool:
    """Does a reader know the value or, of a status in the first rows, do its signed reports explain it?"""
    if name == "report_status" and seen.rows[0] <= head.sheet.rows[-1].number:
        label = head.labels[place]
        return said not in {value.value for value in layout.unknown_values if value.label == label}
    return KNOWN[name](said)


def _add(found: dict[tuple[str, str], Writing], new: Writing) -> None:
    key = (new.field, new.text)
    if key in found:
        old = found[key]
        new = Writing(*key, old.count + new.count, (*old.rows, *new.rows)[:EXAMPLES])
    found[key] = new


def blocking(refusals: Iterable[tuple[str, str, str]], least: int) -> dict[tuple[str, str], int]:
    """(column, value) → number of rows refused for this value, from (code, column, value).

    Values in fewer than `least` rows are left out as typing errors.
    """
    counts: dict[tuple[str, str], int] = {}
    for code, column, text in refusals:
        if code in _CODES and text and not kinds.is_foreign(text):
            counts[column, text] = counts.get((column, text), 0) + 1
    return {key: count for key, count in counts.items() if count >= least}
