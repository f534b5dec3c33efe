"""6.4.3.5: punctuation, brackets, blanks and paragraphs of the findings and the conclusion."""

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Final

from reports.domain.textcheck.engine import Rule
from reports.domain.textcheck.finding import Hit
from reports.domain.textcheck.report import CheckedReport
from reports.domain.textcheck.text import Text
from reports.domain.textcheck.vocabulary import any_of, group

_FIELDS: Final = ("findings", "impression")
_HAN: Final = r"\u3400-\u4dbf\u4e00-\u9fff\u3007"
# A half-width mark next to a Chinese character. Never: decimals, times, "T1,T2", "1.", "CT:", "(BI-RADS 4A)".
_HALF_MARK: Final = re.compile(
    rf"[,;?!:.](?:(?<=[,;?!])(?:(?<=[{_HAN}].)|(?=[ ]?[{_HAN}]))"
    rf"|(?<=[{_HAN}]:)|(?<=[{_HAN}]\.)(?![0-9A-Za-z.]))"
)
_HALF_BRACKETS: Final = re.compile(r"\((?P<inside>[^()（）\n]{1,60})\)")
_SPOKEN: Final = re.compile(rf"[{_HAN}]")
_NUMERALS: Final = "一二三四五六七八九十"
_ITEM_HEAD: Final = " \n。；;，,、：:\t"
_REPEATED: Final = re.compile(r"[，。；：、,;](?:[ ]{0,2}[，。；：、,;])+")
_MAYBE_REPEATED: Final = re.compile(r"[，。；：、,;][ ，。；：、,;]")
_BLANK: Final = re.compile(rf" (?<=[{_HAN}] ) {{0,40}}(?=[{_HAN}])")
_BRACKETS: Final = re.compile(r"[（）“”《》【】()]")
_OPENS: Final = {"）": "（", "”": "“", "》": "《", "】": "【"}
_CLOSES: Final = {opening: closing for closing, opening in _OPENS.items()}
_ENUMERATOR: Final = re.compile(r"(?:\d{1,2}|[a-zA-Z]|[一二三四五六七八九十]{1,2})$")
_STOPS: Final = "。；！？.;!?…"
_MOST: Final = 3  # more of one kind in one field are reported as one finding with their number
_LONG: Final = 150  # characters; a shorter text may be one paragraph
_CHOPPED: Final = 6  # paragraphs
_GROUPS: Final = {word: name for name, listed in group("paragraph_groups").items() for word in listed}
_GROUP_WORD: Final = re.compile(any_of(_GROUPS))


def _hits_for(field: str, spans: list[tuple[int, int]], say: str) -> Iterator[Hit]:
    """One hit per place; when there are many, one hit with their number."""
    if len(spans) <= _MOST:
        for start, end in spans:
            yield Hit(field, start, end, say + "。")
    else:
        yield Hit(field, *spans[0], f"{say}，本栏共{len(spans)}处。")


def halfwidth_punctuation(report: CheckedReport) -> Iterable[Hit]:
    """ASCII marks within Chinese text, told once a report: a source types them everywhere or nowhere."""
    found = [(field, span) for field in _FIELDS for span in _halfwidth(report.texts[field])]
    if found:
        field, (start, end) = found[0]
        seen = report.texts[field].raw[max(0, start - 2) : end].strip()
        more = f"，本报告共{len(found)}处" if len(found) > 1 else ""
        message = f"中文语句中用了半角标点（如“{seen}”），标点符号应准确{more}。"
        yield Hit(field, start, end, message)


def _halfwidth(text: Text) -> list[tuple[int, int]]:
    """Half-width marks and brackets of Chinese text, in order."""
    plain = text.plain
    # ．ends sentences; `plain` has it half-width.
    spans = [
        match.span()
        for match in _HALF_MARK.finditer(plain)
        if text.raw[match.start()] == match.group() and not _is_number(plain, match)
    ]
    spans += [match.span() for match in _HALF_BRACKETS.finditer(plain) if _is_spoken(plain, match)]
    return sorted(spans)


def _is_number(plain: str, match: re.Match[str]) -> bool:
    """Is it a number, such as 一. at the beginning of a line, or a ratio of Chinese numerals?"""
    if match.group() != ".":
        return False
    at = match.start()
    return plain[at - 1] in _NUMERALS and (at < 2 or plain[at - 2] in _ITEM_HEAD + _NUMERALS)


def _is_spoken(plain: str, match: re.Match[str]) -> bool:
    """Do the brackets enclose Chinese text? Not (S5), (4A类), (CT值约35HU) and not the number (一)."""
    inside = match.group("inside")
    if not _SPOKEN.match(inside):
        return False
    numeral = len(inside) <= 2 and all(char in _NUMERALS for char in inside)
    return not (numeral and (match.start() == 0 or plain[match.start() - 1] in _ITEM_HEAD))


def repeated_punctuation(report: CheckedReport) -> Iterable[Hit]:
    """Two marks in a row: ，， or ，。"""
    for field in _FIELDS:
        if (text := report.texts.get(field)) and _MAYBE_REPEATED.search(text.plain):
            spans = [match.span() for match in _REPEATED.finditer(text.plain)]
            if spans:
                seen = text.raw[slice(*spans[0])][:6]
                yield from _hits_for(field, spans, f"“{seen}”处标点重复，标点符号应准确")


def space_in_chinese(report: CheckedReport) -> Iterable[Hit]:
    """A blank between two Chinese characters; beside Latin letters and digits it is usual."""
    for field in _FIELDS:
        if text := report.texts.get(field):
            spans = [match.span() for match in _BLANK.finditer(text.plain)]
            if not report.keeps_lines:
                # Such an export replaces line breaks by several blanks.
                spans = [span for span in spans if span[1] - span[0] == 1]
            if spans:
                start, end = spans[0]
                seen = text.raw[start - 1 : start] + " " + text.raw[end : end + 1]
                yield from _hits_for(field, spans, f"汉字之间有多余的空格（如“{seen}”），空格应准确")


def unbalanced_pair(report: CheckedReport) -> Iterable[Hit]:
    """（ without ）, ” without “. A half-width partner does not close a full-width bracket."""
    for field in _FIELDS:
        if (text := report.texts.get(field)) and not _counts_agree(text.plain):
            for at, mixed in _unmatched(text.plain):
                char = text.plain[at]
                partner = _OPENS.get(char) or _CLOSES[char]
                reason = "只有半角的另一半，全角与半角混用" if mixed else f"没有对应的“{partner}”"
                yield Hit(field, at, at + 1, f"“{char}”{reason}，标点应成对使用。")


def _counts_agree(plain: str) -> bool:
    for opening, closing in _CLOSES.items():
        if (opening in plain or closing in plain) and plain.count(opening) != plain.count(closing):
            return False
    return True


def _unmatched(plain: str) -> list[tuple[int, bool]]:
    """Places of unmatched brackets, and whether a half-width bracket is in the place of the partner."""
    waiting: dict[str, list[int]] = {opening: [] for opening in _CLOSES}
    half: list[int] = []  # open half-width brackets
    alone, spare = [], []
    for match in _BRACKETS.finditer(plain):
        char, at = match.group(), match.start()
        if char == "(":
            half.append(at)
        elif char == ")":
            if half:
                half.pop()
            else:
                spare.append(at)
        elif char in waiting:
            waiting[char].append(at)
        elif waiting[_OPENS[char]]:
            waiting[_OPENS[char]].pop()
        elif not (char == "）" and _ends_number(plain, at)):
            alone.append(at)
    alone += [at for places in waiting.values() for at in places]
    mixed = bool(half or spare)
    return [(at, mixed and plain[at] in "（）") for at in sorted(alone)[:_MOST]]


def _ends_number(plain: str, at: int) -> bool:
    """Does it end an item number? 1）, a）, 一）, and digits after a word (诊断1）), not S5） or 2×3）."""
    number = _ENUMERATOR.search(plain[max(0, at - 2) : at])
    if not number:
        return False
    begin = at - len(number.group())
    if begin == 0 or plain[begin - 1] in _ITEM_HEAD:
        return True
    return number.group().isdigit() and _SPOKEN.match(plain, begin - 1) is not None


def no_final_stop(report: CheckedReport) -> Iterable[Hit]:
    """The text ends without a final mark."""
    for field in _FIELDS:
        text = report.texts.get(field)
        if text is None or text.is_blank:
            continue
        last = len(text.plain.rstrip()) - 1
        if text.plain[last] not in _STOPS:
            seen = text.raw[max(0, last - 3) : last + 1]
            yield Hit(field, last, last + 1, f"结尾“{seen}”后没有句号，标点符号应完整。")


def paragraph_mix(report: CheckedReport) -> Iterable[Hit]:
    """Three or more unrelated systems in the only paragraph, or one organ in many paragraphs."""
    text = report.texts["findings"]
    if not report.keeps_lines or len(text.plain) <= _LONG:
        return
    lines = text.plain.count("\n")
    if lines > 0 and (lines < _CHOPPED - 1 or len(text.sentences) > lines + 1):
        return
    if len(text.paragraphs) == 1:
        named: dict[str, str] = {}
        for clause in text.parts:
            for word in _GROUP_WORD.findall(clause.plain):
                named.setdefault(_GROUPS[word], word)
        if len(named) >= 3:
            seen = "、".join(named.values())
            only = text.paragraphs[0]
            message = f"{seen}等不同脏器都写在同一段，一个脏器或一组关联脏器应为一段。"
            yield Hit("findings", only.start, only.end, message)
    elif len(text.paragraphs) >= _CHOPPED and _is_chopped(text):
        first = text.paragraphs[0]
        message = "几乎每句话单独成段，同一脏器被分到多段，关联的描述应为一段。"
        yield Hit("findings", first.start, first.end, message)


def _is_chopped(text: Text) -> bool:
    """Is every sentence its own paragraph, with the same organ in neighbouring ones several times?"""
    if len(text.sentences) != len(text.paragraphs):
        return False
    firsts = [_GROUP_WORD.search(text.plain, span.start, span.end) for span in text.paragraphs]
    organs = [match.group() if match else "" for match in firsts]
    return sum(one == other != "" for one, other in pairwise(organs)) >= 3


RULES: Final[tuple[Rule, ...]] = (
    Rule("6.4.3.5/halfwidth-punctuation", halfwidth_punctuation, reads=()),
    Rule("6.4.3.5/repeated-punctuation", repeated_punctuation, reads=()),
    Rule("6.4.3.5/space-in-chinese", space_in_chinese, reads=()),
    Rule("6.4.3.5/unbalanced-pair", unbalanced_pair, reads=()),
    Rule("6.4.3.5/no-final-stop", no_final_stop, reads=()),
    Rule("6.4.3.5/paragraph-mix", paragraph_mix),
)
