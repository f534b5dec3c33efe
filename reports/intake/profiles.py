"""Profile of a column's cells: evidence for or against the field its header names."""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import cached_property
from itertools import islice, pairwise

from reports.domain.people import TECHNOLOGIST, RegisteredPeople, people_in
from reports.intake import kinds, moments
from reports.intake.cells import Unreadable, shown
from reports.intake.joining import TIMES
from spreadsheets import Cell, Row

FIRST_ROWS = 400  # rows of a table that are examined
LOOK_AT = 100  # filled cells of a column that are examined
ENOUGH = 5  # fewer cells cannot contradict a header
_SUPPORT, _MOSTLY, _AGAINST = 0.8, 0.6, 0.2

_HAN = "\u3400-\u9fff\U00020000-\U0003ffff"
_AGE = re.compile(r"\d{1,3}(?:\.\d+)?\s*(?:岁|月|周|天|日|小时|分|[YMWDH])?.{0,6}", re.I)
_UNITS = re.compile(r"岁|个?月|周|天|日|小?时|分钟?|[YMWDH]", re.I)
_NAME = re.compile(rf"[{_HAN}·]{{2,8}}|[A-Za-z][A-Za-z .,^=-]{{2,40}}")
_CLASS = re.compile(r"门诊|住院|急诊|体检|外院|会诊|门急|病房")
_SEXES = frozenset(("男", "女", "男性", "女性", "M", "F"))
_WRITTEN_TIME = re.compile(r"\d{4}[-/.年]\d{1,2}[-/.月]\d|\d{1,2}[:时点]\d{2}")
_NAME_ONLY = re.compile(rf"[{_HAN}·]+")
_NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9\-_./#]*")
_PATIENT = re.compile(
    rf"[{_HAN}·]{{2,8}}\s*[/、,，|\s]\s*[男女]性?\s*[/、,，|\s]\s*\d{{1,3}}\s*(?:岁|月|天|周)?.{{0,4}}"
)
_DESCRIBES = re.compile(
    r"形态|大小约|走行|边界|边缘|密度|信号|纹理|对称|光整|清晰|规整|居中|扩张|强化|未见|可见|位置正常|长径|[0-9]\s*[cm]m"
)
_CONCLUDES = re.compile(
    r"^\s*1[、.．)）]|考虑|建议|请结合|改变|可能|符合|提示|随访|复查|待排|^未见(明显)?异常"
)
_HEADED = re.compile(r"(?:诊断|结论|印象|意见|提示)(?:结论|意见|印象)?\s*[】\]:：]")
_FINDINGS_HEADED = re.compile(r"(?:所见|表现|描述)\s*[】\]:：]")


@dataclass(frozen=True)
class Profile:
    """The first filled cells of a column, and the share of them that matches a pattern."""

    cells: tuple[Cell, ...]
    people: RegisteredPeople | None = None

    @cached_property
    def texts(self) -> tuple[str, ...]:
        return tuple(unicodedata.normalize("NFKC", shown(cell)).strip() for cell in self.cells)

    @cached_property
    def is_counter(self) -> bool:
        """True if the cells count 1, 2, 3 …: row numbers, not identifiers."""
        numbers = [int(text) for text in self.texts if text.isdecimal() and len(text) < 7]
        steps = [later - earlier for earlier, later in pairwise(numbers)]
        return len(numbers) == len(self.texts) >= ENOUGH and numbers[0] in (0, 1) and set(steps) <= {0, 1}

    @cached_property
    def is_clock(self) -> bool:
        """True if the cells are times of day without a date."""
        return bool(self.cells) and self.share(lambda cell, _: _is_clock(cell)) >= _SUPPORT

    @cached_property
    def is_day(self) -> bool:
        """True if the cells are dates, with or without a time of day."""
        return bool(self.cells) and self.share(lambda cell, _: _is_moment(cell)) >= _SUPPORT

    @cached_property
    def is_whole_report(self) -> bool:
        """True if the texts contain both parts of a report under their own headings."""
        return bool(self.texts) and self.share(lambda _, text: _has_both_parts(text)) >= 0.6

    @cached_property
    def is_patient(self) -> bool:
        """True if the cells combine three fields: 张三/男/45岁."""
        return (
            len(self.texts) > 1
            and self.share(lambda _, text: _PATIENT.fullmatch(text) is not None) >= _SUPPORT
        )

    @cached_property
    def posts(self) -> frozenset[str]:
        """Posts of the department's people whom most cells name; empty if most cells name others.

        A post of fewer than a fifth of them does not count: a few physicians operate a device themselves.
        """
        register = self.people
        if register is None or len(self.cells) < ENOUGH or len(set(self.texts)) < 2:
            return frozenset()
        found = [posts for text in self.texts if (posts := register.posts_of(text))]
        if len(found) < _MOSTLY * len(self.cells):
            return frozenset()
        counts = Counter(post for posts in found for post in posts)
        return frozenset(post for post, count in counts.items() if count > _AGAINST * len(found))

    @property
    def length(self) -> int:
        """Median length of the texts."""
        return sorted(map(len, self.texts))[len(self.texts) // 2] if self.texts else 0

    def share(self, looks: Callable[[Cell, str], bool]) -> float:
        """Share of the cells that match `looks`."""
        pairs = zip(self.cells, self.texts, strict=True)
        return sum(looks(cell, text) for cell, text in pairs) / len(self.cells) if self.cells else 0.0

    def supports(self, field: str) -> bool:
        """True if most cells fit the field; False without evidence."""
        looks = _LOOKS.get(field)
        return bool(self.cells) and looks is not None and self.share(looks) >= _SUPPORT

    def objects(self, field: str) -> bool:
        """True if the cells do not fit the field; used for headers that are weak evidence alone."""
        is_no_technologist = field == "operator" and bool(self.posts) and TECHNOLOGIST not in self.posts
        if is_no_technologist or self.is_of_others(field):
            return True
        return bool(self.cells) and field in _LOOKS and field != "patient_class" and not self.supports(field)

    def contradicts(self, field: str) -> bool:
        """True if there are enough cells and hardly any can be a value of the field."""
        if len(self.cells) < ENOUGH or field == "patient_class":
            return False  # class codes can be any character
        if (field == "accession_number" and self.is_counter) or self.is_of_others(field):
            return True
        looks = _MAY_BE.get(field) or _LOOKS.get(field)
        return looks is not None and self.share(looks) <= _AGAINST

    def is_of_others(self, field: str) -> bool:
        """True if the cells name people of the department who cannot be a value of the field.

        These are patients and things, and physicians where the cells name technologists. A physician may
        operate a device, so a clear header of operators stands.
        """
        if field in _PHYSICIANS:
            return self.posts == {TECHNOLOGIST}
        return bool(self.posts) and field not in _STAFF


# Column index → profile of the column.
Profiles = Callable[[int], Profile]


def profile_of(rows: Iterable[Row], place: int, people: RegisteredPeople | None = None) -> Profile:
    """Profile of the column at index `place` of these data rows."""
    filled = (row.cells[place] for row in rows if place < len(row.cells))
    cells = (cell for cell in filled if not isinstance(cell, str) or cell.strip())
    return Profile(tuple(islice(cells, LOOK_AT)), people)


def are_swapped(findings: Sequence[str], impressions: Sequence[str]) -> bool:
    """True if, row by row, descriptions read like conclusions and conclusions like descriptions."""
    pairs = [(one, two) for one, two in zip(findings, impressions, strict=True) if one and two]
    wrong = sum(
        len(one) * 1.5 < len(two) and len(_DESCRIBES.findall(one)) < len(_DESCRIBES.findall(two))
        for one, two in pairs
    )
    right = sum(len(two) < len(one) for one, two in pairs)
    return len(pairs) >= ENOUGH and wrong >= _SUPPORT * len(pairs) and right <= _AGAINST * len(pairs)


def _is_clock(cell: Cell) -> bool:
    try:
        return moments.time_of_day(cell) is not None
    except Unreadable:
        return False


def _is_moment(cell: Cell) -> bool:
    try:
        return moments.moment(cell) is not None
    except Unreadable:
        return False


def _is_time(cell: Cell, text: str) -> bool:
    return _is_moment(cell) or _is_clock(cell) or text in ("-", "--", "/", "无")


def _has_both_parts(text: str) -> bool:
    conclusion = _HEADED.search(text)
    return conclusion is not None and _FINDINGS_HEADED.search(text, 0, conclusion.start()) is not None


def _is_person(_: Cell, text: str) -> bool:
    people = people_in(text)
    return bool(people) and all(_NAME.fullmatch(person.name) for person in people)


def _is_text(cell: Cell, text: str) -> bool:
    return isinstance(cell, str) and not _NUMBER.fullmatch(text) and not _is_time(cell, text)


def _is_patient_name(cell: Cell, text: str) -> bool:
    return len(text) <= 40 and not re.search(r"\d{3}", text) and not _is_time(cell, text)


def _is_written_time(cell: Cell, text: str) -> bool:
    """True for a time in written form; 202503080001 and 45123 may be any number."""
    return isinstance(cell, (date, time, timedelta)) or _WRITTEN_TIME.match(text) is not None


def _may_be_name(cell: Cell, text: str) -> bool:
    return len(text) <= 60 and not _is_written_time(cell, text) and text.upper() not in _SEXES


def _may_be_number(cell: Cell, text: str) -> bool:
    return len(text) <= 100 and not _is_written_time(cell, text) and not _NAME_ONLY.fullmatch(text)


def _may_be_text(cell: Cell, text: str) -> bool:
    return not _is_written_time(cell, text)


def _is_accession_number(cell: Cell, text: str) -> bool:
    return _is_number(cell, text) and not _is_written_time(cell, text)


def _is_number(_: Cell, text: str) -> bool:
    return len(text) <= 100 and re.search(r"\d", text) is not None


def _is_birth(cell: Cell, text: str) -> bool:
    return _is_moment(cell) or re.match(r"(19|20)\d\d", text) is not None


def _is_sex(_: Cell, text: str) -> bool:
    return kinds.is_sex(text) or text in ("未说明", "不明")


def _is_modality(_: Cell, text: str) -> bool:
    return kinds.kind_of(text) is not None or kinds.is_foreign(text)


def _is_technique(cell: Cell, text: str) -> bool:
    return _is_text(cell, text) and not (len(text) <= 4 and _NAME.fullmatch(text))


_PHYSICIANS = ("reporting_physician", "reviewing_physician", "signed_by", "last_modified_by")
_PEOPLE = (*_PHYSICIANS, "operator")
_STAFF = (*_PEOPLE, "notified_by", "received_by", "recorded_by")
_TEXTS = (
    "findings",
    "impression",
    "report_text",
    "clinical_diagnosis",
    "clinical_question",
    "text",
    "content",
)
_SHORT_TEXTS = ("examination_name", "body_part", "requested_examination")
_DEPARTMENTS = ("requesting_department", "receiving_department")
_LOOKS: dict[str, Callable[[Cell, str], bool]] = {
    **dict.fromkeys(TIMES, _is_time),
    **dict.fromkeys((*_PEOPLE, "notified_by", "received_by"), _is_person),
    **dict.fromkeys((*_TEXTS, *_SHORT_TEXTS, *_DEPARTMENTS), _is_text),
    **dict.fromkeys(("patient_id", "request_number"), _is_number),
    "accession_number": _is_accession_number,
    "patient_name": _is_patient_name,
    "birth_on": _is_birth,
    "sex": _is_sex,
    "age": lambda _, text: _AGE.fullmatch(text) is not None,
    "age_unit": lambda _, text: _UNITS.fullmatch(text) is not None,
    "modality": _is_modality,
    "technique": _is_technique,
    "patient_class": lambda _, text: _CLASS.search(text) is not None,
}
# Cells that do not contradict a header: names may be codes (医师1, 2317), departments and numbers any text.
# A written time contradicts all of these, a sex contradicts a name, and a name contradicts a number.
_MAY_BE: dict[str, Callable[[Cell, str], bool]] = {
    **dict.fromkeys(("patient_name", *_PEOPLE, "notified_by", "received_by"), _may_be_name),
    **dict.fromkeys(("accession_number", "patient_id", "request_number"), _may_be_number),
    **dict.fromkeys((*_SHORT_TEXTS, *_DEPARTMENTS), _may_be_text),
}
