"""去标识: names and numbers as they may be shown (QUALITY A3). Works on code points, so 𠮷田 gives 𠮷*.

Masking twice gives the same as masking once, and a masked value never contains more of the original than
its first characters (a name) or its ends (a number).
"""

import re
import unicodedata
from collections.abc import Iterable

STAR = "*"
# A compound surname stays whole, as it would in speech: 欧阳修 → 欧阳*.
_PAIRS = (
    "欧阳太史端木上官司马东方独孤南宫万俟闻人夏侯诸葛尉迟公羊赫连澹台皇甫宗政濮阳公冶太叔申屠公孙慕容"
    "仲孙钟离长孙宇文司徒鲜于司空闾丘子车亓官司寇巫马公西颛孙壤驷公良漆雕乐正宰父谷梁拓跋夹谷轩辕令狐"
    "段干百里呼延东郭南门羊舌微生梁丘左丘东门西门南荣第五"
)
COMPOUND_SURNAMES = frozenset(_PAIRS[i : i + 2] for i in range(0, len(_PAIRS), 2))
_SEPARATORS = "·•・‧．."
_SHORTEST_NUMBER = 4


def mask_name(name: str | None) -> str:
    """张三 → 张*, 欧阳修 → 欧阳*, 买买提·艾力 → 买**·**, John Smith → J*** S****; "" for None."""
    text = " ".join((name or "").split())
    if not text or STAR in text:
        return text
    words = re.split(f"([ {re.escape(_SEPARATORS)}])", text)
    if len(words) > 1:
        return _mask_words(words)
    kept = 2 if text[:2] in COMPOUND_SURNAMES and len(text) > 2 else 1
    # A name of one character shows nothing: its only character is the name.
    return STAR if len(text) == 1 else text[:kept] + STAR * (len(text) - kept)


def _mask_words(words: list[str]) -> str:
    """Latin words keep an initial each; of a name joined by dots only the first part keeps its own."""
    masked = []
    for place, word in enumerate(words):
        if place % 2 or not word:
            masked.append(word)
        elif place == 0 or word[0].isascii():
            masked.append(word[0] + STAR * max(1, len(word) - 1))
        else:
            masked.append(STAR * len(word))
    return "".join(masked)


def mask_id(number: str | None) -> str:
    """110101199003072X → 1***2X; four characters or fewer show nothing. The length is not given away."""
    text = "".join((number or "").split())
    if not text or STAR in text:
        return text
    if len(text) <= _SHORTEST_NUMBER:
        return STAR * 3
    return f"{text[0]}{STAR * 3}{text[-2:]}"


def mask_in_text(text: str | None, name: str | None, ids: Iterable[str | None] = ()) -> str:
    """Mask the patient's own name and numbers wherever free text repeats them.

    A name of one character is left alone (it would blot out ordinary words); blanks inside a written name
    and full-width or half-width digits do not hide it.
    """
    shown = text or ""
    written = "".join((name or "").split())
    if len(written) > 1 and STAR not in written:
        shown = _loosely(written).sub(mask_name(name), shown)
    for number in sorted({"".join((i or "").split()) for i in ids}, key=len, reverse=True):
        if len(number) >= _SHORTEST_NUMBER and STAR not in number:
            shown = _number(number).sub(mask_id(number), shown)
    return shown


def _loosely(name: str) -> re.Pattern[str]:
    return re.compile(r"[ \u3000]*".join(map(_either_width, name)), re.IGNORECASE)


def _number(number: str) -> re.Pattern[str]:
    # A number inside a longer one is another number: P-1 must not be found in P-10.
    body = "".join(map(_either_width, number))
    return re.compile(rf"(?<![0-9A-Za-z０-９]){body}(?![0-9A-Za-z０-９])", re.IGNORECASE)


def _either_width(character: str) -> str:
    narrow = unicodedata.normalize("NFKC", character)
    forms = {character, narrow}
    if len(narrow) == 1 and "!" <= narrow <= "~":
        forms.add(chr(ord(narrow) + 0xFEE0))
    return "(?:" + "|".join(sorted(map(re.escape, forms))) + ")"
