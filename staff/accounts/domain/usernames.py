"""One name for an account, however it is typed."""

import unicodedata

_SIGNS = "@.+-_"  # what a name may hold besides letters and digits (Django's UnicodeUsernameValidator)
_BLANK_LETTERS = "\u115f\u1160"  # the Hangul fillers are letters to Unicode and nothing to the eye


def canonical_username(typed: str) -> str:
    """`typed` without case, width, blanks and invisible characters.

    Failures are counted, accounts locked and looked up under this name: a variant that was counted apart
    from the account it opens would be tried without end.
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", typed).casefold())
    return "".join(c for c in folded if (c.isalnum() or c in _SIGNS) and c not in _BLANK_LETTERS)
