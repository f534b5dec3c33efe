"""Map columns that name people of the department's register where the header leaves their part open.

技师 are operators. 医师 write, review and sign, so a single open column of physicians is that of the reports'
authors only where no other column names a physician; otherwise a person decides.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from reports.domain.people import PHYSICIAN, TECHNOLOGIST
from reports.intake.concepts import is_made_of
from reports.intake.headers import is_counter, is_unwanted, normal
from reports.intake.heads import Head
from reports.intake.profiles import Profiles

# Words of a header that leave open which part a person has in a report: 医生姓名, 检查人, 报告工号, YS.
_OPEN = frozenset(["", "exam", "shoot", "report", "doctor", "technician", "name", "number", "department"])
_PLACEHOLDER = re.compile(r"(?:未命名|字段|列|column|col|field|unnamed|f)?列?[0-9a-z]{0,3}")
_PHYSICIANS = {"reporting_physician", "reviewing_physician", "signed_by"}
_NAMES = {PHYSICIAN: "本科室医师", TECHNOLOGIST: "本科室技师"}


def of_staff(head: Head, places: Sequence[int], profiles: Profiles) -> Head:
    """Head with the columns of registered people mapped by their post; the others are doubts."""
    unmapped = [i for i in places if head.labels[i] not in head.mapping and not _is_excluded(head.labels[i])]
    posts = {i: found for i in unmapped if (found := profiles(i).posts)}
    for post, name, others in (
        (TECHNOLOGIST, "operator", {"operator"}),
        (PHYSICIAN, "reporting_physician", _PHYSICIANS),
    ):
        fitting = [i for i, found in posts.items() if found == {post}]
        if len(fitting) == 1 and not head.fields & others and _is_open(head, fitting[0]):
            label = head.labels[fitting[0]]
            head = replace(
                head,
                mapping=dict(head.mapping) | {label: name},
                evidence=dict(head.evidence) | {label: f"内容：{_NAMES[post]}"},
            )
    asked = {
        head.labels[i]: f"内容多是{posts_named(found)}，请指定是哪一类人员"
        for i, found in posts.items()
        if head.labels[i] not in head.mapping
    }
    return replace(head, doubts=asked | dict(head.doubts))


def posts_named(posts: Iterable[str]) -> str:
    """The posts as the pages name them: 本科室医师、本科室技师."""
    return "、".join(_NAMES[post] for post in sorted(posts))


def _is_open(head: Head, place: int) -> bool:
    """True if the header names no part in the report, and nothing else was suspected of it."""
    label = head.labels[place]
    key = re.sub(r"\d+$", "", normal(label))
    return label not in head.doubts and (
        _PLACEHOLDER.fullmatch(normal(label)) is not None or is_made_of(key, _OPEN)
    )


def _is_excluded(label: str) -> bool:
    return is_unwanted(label) or is_counter(label)
