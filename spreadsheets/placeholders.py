"""Placeholders entered instead of a number that was not given: signs, zeros, nines, words for nothing.

Two rows that both contain 无 are not one person: a placeholder is never used as an identity.
"""

import re
import unicodedata

# Nobody counts from 0 on; 9 and 99 may be somebody's number, 999 is how "unknown" is coded.
_ZEROS, _NINES = re.compile("0+"), re.compile("9{3,}")
_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff\u3007]+")
_WORDS = re.compile(
    r"x+|n/?a|nil|null|none|nan|nothing|undefined|dbnull|unk|missing|empty|blank|anon(?:ymous)?|pending|ditto"
    r"|tb[acd]|temp(?:orary)?|default"
    r"|(?:not|no|un)(?:known|given|available|applicable|provided|specified|recorded|assigned|entered|stated"
    r"|identified|found|set|data|value)"
    # 无ID, No. 待补: the label without a value.
    r"|(?:no)?(?:patient|accession|staff|request|exam|study)?(?:id|no|nr|num|number|pid|mrn)?"
)


def is_placeholder(given: str) -> bool:
    """Does an identifier say "not given"? True for "" and for all that has neither digit nor Latin letter."""
    if re.search("[1-8]", given):
        return False
    plain = re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", given).casefold())
    bare = _HAN.sub("", plain)
    # 门诊999 is the 999th of them, 门诊000 is none.
    words = _WORDS.fullmatch(bare) or _ZEROS.fullmatch(bare) or _NINES.fullmatch(plain)
    return words is not None
