"""Passwords that are tried first in a Chinese hospital: made by rule, with a short list of words.

Word lists of other languages know neither `Zhangsan@1985` nor `Fangshe2024!`. A password is common when it
consists of parts that are easy to guess and of nothing else: a few pinyin syllables, a known word, keys that
lie side by side, a date, a telephone number, a lucky number, repeated characters, signs. The rules reach many
more passwords than any list; nothing here was downloaded.
"""

import re
from collections.abc import Iterator
from functools import cache

MOST_SYLLABLES = 3  # a name such as 王小明; longer sentences in pinyin are not refused
_SEARCHED = 64  # a longer password is not guessed by parts

_WORDS = """
    admin administrator root user guest test temp demo default system manager master login welcome hello
    password passwd pass pwd secret letmein iloveyou dragon monkey sunshine princess football baseball
    doctor nurse hospital medical clinic health radiology imaging dicom pacs his ris emr xray image
    woaini aini woaiwojia nihao mima mimashi wodemima qingshuru denglu yonghu guanliyuan zhanghao
    zhongguo beijing shanghai guangzhou shenzhen chengdu chongqing tianjin hangzhou nanjing wuhan
    yiyuan yisheng hushi huli keshi zhuren zhuanjia yixue weisheng jiankang renmin renminyiyuan
    fangshe fangsheke yingxiang yingxiangke zhikong baogao shenhe zhenduan jishi menzhen zhuyuan
    zhongyiyuan fuyou xiehe shoushu bingren huanzhe xitong ceshi pingtai wangluo dianhua gongzuo
    jiayou fafafa facai gongxi xinnian kuaile shengri laogong laopo baobao beibei tongtong lele
    spring summer autumn winter january february march april june july august september october november
    december monday tuesday wednesday thursday friday saturday sunday china chinese company
"""
_NUMBERS = """
    520 521 1314 5201314 521314 3344 7758 7758521 9958 666 888 999 168 518 918 110 119 120 114 12320 10086
    10010 10000 12345 95588 911 007 404 000 111
"""
_INITIALS = "b p m f d t n l g k h j q x zh ch sh r z c s y w"
_FINALS = """
    a o e i u v ai ei ui ao ou iu ie ve ue er an en in un vn ang eng ing ong ia iao ian iang iong ua uo uai
    uan uang
"""
_ALONE = "ai an ang ao ei en er ou"
_KNOWN = frozenset((_WORDS + _NUMBERS).split())
_PAIRED = (initial + final for initial in _INITIALS.split() for final in _FINALS.split())
_SYLLABLES = frozenset((*_PAIRED, *_ALONE.split()))
_ROWS = ("`1234567890-=", "qwertyuiop[]\\", "asdfghjkl;'", "zxcvbnm,./")
_COLUMNS = tuple("".join(keys) for keys in zip(_ROWS[0][1:11], *_ROWS[1:], strict=False))
_LEET = str.maketrans("@4301!5$7", "aaeoiisst")
_SHIFTED = str.maketrans("~!@#$%^&*()_+", "`1234567890-=")
_YEAR = r"(?:19[3-9]\d|20[0-4]\d)"
_MONTH, _DAY = r"(?:0?[1-9]|1[0-2])", r"(?:0?[1-9]|[12]\d|3[01])"
_DIGITS = re.compile(
    rf"1[3-9]\d{{9}}|0\d{{2,3}}\d{{7,8}}|{_YEAR}(?:{_MONTH}(?:{_DAY})?)?|\d{{2}}{_MONTH}{_DAY}|{_MONTH}{_DAY}"
)


def is_common(password: str) -> bool:
    """Whether parts that are easy to guess cover the whole password; syllables up to MOST_SYLLABLES."""
    text = password.lower()

    @cache
    def covered(at: int, syllables: int) -> bool:
        if at == len(text):
            return True
        return any(
            covered(end, syllables + spent)
            for end, spent in _parts(text, at)
            if syllables + spent <= MOST_SYLLABLES
        )

    return 0 < len(text) <= _SEARCHED and covered(0, 0)


def _parts(text: str, at: int) -> Iterator[tuple[int, int]]:
    """(end, syllables spent) of each part that begins here."""
    for end in range(at + 1, len(text) + 1):
        part = text[at:end]
        if _is_word(part) or _is_filler(part) or _is_walk(part) or _is_number(part):
            yield end, 0
        elif part in _SYLLABLES:
            yield end, 1


def _is_word(part: str) -> bool:
    """A known word, as it is or with signs for letters (p@ssw0rd), or a known number."""
    return part in _KNOWN or part.translate(_LEET) in _KNOWN


def _is_filler(part: str) -> bool:
    """Signs alone, or one character repeated."""
    return (len(part) > 1 and len(set(part)) == 1) or not any(c.isalnum() for c in part)


def _is_number(part: str) -> bool:
    """A date, a telephone number, or a number of at most two digits."""
    return part.isdecimal() and (len(part) < 3 or bool(_DIGITS.fullmatch(part)))


def _is_walk(part: str) -> bool:
    """At least three keys, or letters of the alphabet, one beside the other, in either direction."""
    if len(part) < 3:
        return False
    plain = part.translate(_SHIFTED)
    lines = (*_ROWS, *_COLUMNS, "abcdefghijklmnopqrstuvwxyz", "01234567890")
    return any(plain in line or plain[::-1] in line for line in lines)
