"""Labels of force, verification and check levels: a text with an icon, never colour alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from standards.edition import Clause, Duty


@dataclass(frozen=True)
class Word:
    """A tag: `code` for filters, `label` and `icon` to show, `help_zh` for the tooltip."""

    code: str
    label: str
    icon: str
    help_zh: str


# 需 is counted as 应, as the register reads it; 不应 and 不宜 stay on the tag unchanged.
FORCES: tuple[Word, ...] = (
    Word("must", "应", "■", "要求，必须做到"),
    Word("should", "宜", "□", "推荐，不单独构成扣分"),
    Word("may", "可", "◇", "允许"),
    Word("statement", "陈述", "—", "没有能愿动词的陈述"),
)
VERIFICATIONS: tuple[Word, ...] = (
    Word("automatic", "自动", "●", "由程序判断，供人复核"),
    Word("assisted", "辅助", "◐", "程序提示，由人判断"),
    Word("human", "人工", "○", "由人判断"),
    Word("evidence", "资料", "▤", "凭机构提供的资料判断"),
)
LEVELS: Mapping[str, str] = MappingProxyType(
    {
        "must": "违反“应”",
        "must_not": "违反“不应”",
        "should": "未做到“宜”",
        "should_not": "未做到“不宜”",
        "may": "“可”，不检查",
        "advisory": "提示",
    }
)
ROW_EFFECTS: Mapping[str, str] = MappingProxyType(
    {
        "proposes_deduction": "问题经评审人确认后，在该行每份报告扣1分",
        "informs": "供评审人判断该行时参考，不单独扣分",
        "is_row": "本条就是该行",
    }
)

_GROUPS = {"must": "must", "must_not": "must", "should": "should", "should_not": "should"}
_FORCE_BY_CODE = {word.code: word for word in FORCES}
_VERIFICATION_BY_CODE = {word.code: word for word in VERIFICATIONS}


def force_group(clause: Clause | Duty) -> str:
    """The filter value: must, should, may or statement; 不应 belongs to 应, 不宜 to 宜."""
    return _GROUPS.get(clause.strength, clause.strength)


def force_word(clause: Clause | Duty) -> Word:
    """The tag of a clause, with its own modal verb (需, 不宜, …) as label."""
    group = _FORCE_BY_CODE[force_group(clause)]
    label = clause.modal_zh.split("（")[0] or group.label
    return Word(group.code, label, group.icon, group.help_zh)


def verification_word(code: str) -> Word:
    """The tag for how a clause or check is verified."""
    return _VERIFICATION_BY_CODE[code]
