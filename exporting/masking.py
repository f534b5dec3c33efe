"""Identity masking (docs/quality.md A3): a name shows its surname, an id its first and last two characters.

A masked text has as many code points as the original: offsets into a report (a fault's start and end)
remain valid. Masking is idempotent. Mask on the server only, never in a template or script.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

STAR = "*"
_DOTS = "·•・‧∙⋅"
_SPACES = "[ \\t\\u00a0\\u3000]"
_SHORTEST_ID_ANYWHERE = 4  # shorter ids are masked only as separate numbers, or every 12 would be starred
_COMPOUND = (
    "欧阳 太史 端木 上官 司马 东方 独孤 南宫 万俟 闻人 夏侯 诸葛 尉迟 公羊 赫连 澹台 皇甫 宗政 濮阳 公冶 "
    "太叔 申屠 公孙 慕容 仲孙 钟离 长孙 宇文 司徒 鲜于 司空 闾丘 子车 亓官 司寇 巫马 公西 颛孙 壤驷 公良 "
    "漆雕 乐正 宰父 谷梁 拓跋 夹谷 轩辕 令狐 段干 百里 呼延 东郭 南门 羊舌 微生 公户 公玉 公仪 梁丘 公仲 "
    "公上 公门 公山 公坚 左丘 公伯 西门 公祖 第五 公乘 贯丘 公皙 南荣 东里 东宫 仲长 子书 子桑 即墨 达奚 "
    "褚师 纳兰 完颜 富察 叶赫 爱新 费莫 耶律 歐陽 司馬 東方 獨孤 南宮 聞人 諸葛 尉遲 赫連 澹臺 "
    "濮陽 公孫 仲孫 鍾離 長孫 鮮于 東郭 軒轅 西門"
)
_COMPOUND_SURNAMES = frozenset(_COMPOUND.split())


def mask_name(name: str | None) -> str:
    """张三 → 张*, 张三丰 → 张**, 欧阳修 → 欧阳*, 𠮷田 → 𠮷*, John Smith → J*** S****; "" for None.

    A name in parts (阿卜杜拉·买买提) shows only its first character; a name of one character is hidden.
    """
    return _masked_name((name or "").strip())


def mask_id(identity: str | None) -> str:
    """11010519491231002X → 1***************2X. Up to six characters show the first only, up to three none."""
    return _masked_id((identity or "").strip())


def mask_unless_term(text: str, terms: Iterable[str]) -> str:
    """A cell as given if it contains one of `terms`, else masked: it may be a name in a wrong column.

    Short codes (30, PX) are shown; of other texts the first character, of long numbers as `mask_id` shows.
    """
    if any(term in text for term in terms):
        return text
    if text.isascii():
        return mask_id(text) if sum(char.isdigit() for char in text) > 3 else _masked_words(text)
    return text[:1] + STAR * (len(text) - 1)  # a single character (雌) names nobody


def _masked_words(text: str) -> str:
    """Two words or more may be a name: each shows its first letter."""
    words = text.split(" ")
    return text if len(words) < 2 else " ".join(word[:1] + STAR * (len(word) - 1) for word in words)


def mask_in_text(text: str | None, name: str | None, ids: Iterable[str | None] = ()) -> str:
    """Mask every occurrence of this patient's name and ids; the length of the text does not change.

    Also matches a name with blanks (张 三), other letter cases and dots, and full-width digits of an id.
    A name of a single character is not searched for: it would mask ordinary words.
    """
    text = text or ""
    hidden: set[int] = set()
    for pattern, mask in _searches(name, ids):
        # A lookahead also finds overlapping occurrences: otherwise masking one could leave another readable.
        for match in pattern.finditer(text):
            shown = mask(match[1])
            hidden.update(match.start(1) + i for i, char in enumerate(shown) if char == STAR)
    if not hidden:
        return text
    return "".join(STAR if place in hidden else char for place, char in enumerate(text))


def _searches(
    name: str | None, ids: Iterable[str | None]
) -> Iterator[tuple[re.Pattern[str], Callable[[str], str]]]:
    wanted = (name or "").strip()
    if len(wanted) > 1 and STAR not in wanted:
        yield _name_pattern(wanted), _masked_name
    for identity in ids:
        wanted = (identity or "").strip()
        if wanted and STAR not in wanted:
            yield _id_pattern(wanted), _masked_id


def _masked_name(name: str) -> str:
    if not name:
        return ""
    dotted = any(dot in name for dot in _DOTS)
    if dotted or _is_han(name[0]):
        return _starred(name, _visible_length(name, dotted), unmasked=_DOTS)
    return "".join(_starred(word, _head(word) if len(word) > 1 else 0) for word in re.split(r"(\s+)", name))


def _visible_length(name: str, dotted: bool) -> int:
    """How many code points of a Chinese name remain readable."""
    if len(name) == 1:
        return 0
    if not dotted and len(name) > 2 and name[:2] in _COMPOUND_SURNAMES:
        return 2
    return _head(name)


def _head(text: str) -> int:
    """Length of the first character with its combining marks and variation selectors."""
    end = 1
    while end < len(text) and unicodedata.category(text[end]) in ("Mn", "Me"):
        end += 1
    return end if end < len(text) else 0


def _starred(text: str, visible: int, unmasked: str = "") -> str:
    return text[:visible] + "".join(c if c.isspace() or c in unmasked else STAR for c in text[visible:])


def _masked_id(identity: str) -> str:
    size = len(identity)
    if size <= 3:
        return STAR * size
    if size <= 6:
        return identity[0] + STAR * (size - 1)
    return identity[0] + STAR * (size - 3) + identity[-2:]


@lru_cache(maxsize=256)
def _name_pattern(name: str) -> re.Pattern[str]:
    if _is_han(name[0]) or any(dot in name for dot in _DOTS):
        parts = [f"[{_DOTS}]" if c in _DOTS else re.escape(c) for c in name if not c.isspace()]
        body = f"{_SPACES}*".join(parts)
    else:
        # Li must not star the middle of "Lipiodol", nor miss "LI  NA".
        words = r"\s+".join(re.escape(word) for word in name.split())
        body = rf"(?<![A-Za-z]){words}(?![A-Za-z])"
    return re.compile(f"(?=({body}))", re.IGNORECASE)


@lru_cache(maxsize=256)
def _id_pattern(identity: str) -> re.Pattern[str]:
    body = "".join(_either_width(char) for char in identity)
    if len(identity) < _SHORTEST_ID_ANYWHERE:
        body = rf"(?<![0-9A-Za-z.]){body}(?![0-9A-Za-z.])"
    return re.compile(f"(?=({body}))", re.IGNORECASE)


def _either_width(char: str) -> str:
    if "!" <= char <= "~":
        return f"[{re.escape(char)}{chr(ord(char) + 0xFEE0)}]"
    return re.escape(char)


def _is_han(char: str) -> bool:
    return unicodedata.name(char, "").startswith(("CJK", "IDEOGRAPHIC")) or char in "〇○"
