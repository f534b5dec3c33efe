"""Decide which field each column holds, from its header and its cells; a person decides open cases.

A header that is listed, or made of known words, is accepted unless enough cells contradict it. A header in
pinyin initials needs cells that match and leave exactly one field. A header without a known meaning is mapped
only where the cells are unmistakable (two parts of a report in a cell, 张三/男/45岁). Undecided columns are
reported, never guessed.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache

from reports.domain.people import RegisteredPeople
from reports.intake.cells import shown
from reports.intake.headers import (
    is_listed,
    meaning,
    missing,
    normal,
    possible,
    rank,
)
from reports.intake.heads import LEAST_INITIALS, Head, given_columns
from reports.intake.joining import TIMES
from reports.intake.labels import LABELS_OF, OUTCOME_LABELS
from reports.intake.mapping import FileMapping
from reports.intake.profiles import ENOUGH, FIRST_ROWS, Profiles, profile_of
from reports.intake.registers import of_another_department
from reports.intake.report_columns import FINAL, of_reports
from reports.intake.rows import begins_as_footer
from reports.intake.staff_columns import of_staff, posts_named
from reports.intake.syllables import in_both
from reports.intake.synonyms import DAY_TIME
from reports.intake.time_columns import with_times

_DATES = (*TIMES, "examined_on", "observed_on")
# Fields that use all their columns, even of different rank: 病理诊断 and 手术所见, 检查部位 and 申请项目
# each add content.
_ALL_RANKS = ("accession_number", "text", "requested_examination")
# Fields that may have several columns: a date and its time, or an identifier under two names.
_TOGETHER = (*_DATES, *_ALL_RANKS, "patient_id")
# Fields with one value per report: two columns with different values cannot both be right.
_ONE_ONLY = (
    "findings",
    "impression",
    "reporting_physician",
    "reviewing_physician",
    "signed_by",
    "patient_name",
)
_OF_IMAGING = re.compile(in_both(r"影像|放射|检查|报告|imaging|radiolog|exam|report"))
_DAY_TIME = re.compile(in_both(rf"({DAY_TIME}|date|time|datetime|at|dt)+$"))


def with_columns(head: Head, mapping: FileMapping, people: RegisteredPeople | None = None) -> Head:
    """Head with its columns mapped to fields, the evidence for each, and the doubts about others."""
    given = given_columns(head.labels, mapping.columns)
    chosen = {label: name for label, name in given.items() if name}
    head = replace(head, mapping=chosen, constants=mapping.constants)
    if chosen and _is_enough(chosen, mapping, head.kind):
        # A person mapped exactly this layout: columns they left out are not mapped automatically.
        evidence = dict.fromkeys(chosen, "由人指定")
        return replace(head, twins=(), evidence=evidence)
    # In a short table a single 小计 would be a large share of a column.
    below = [
        row
        for row in head.sheet.rows
        if row.number > head.row and not row.problem and not begins_as_footer(row)
    ][:FIRST_ROWS]
    profiles: Profiles = cache(lambda place: profile_of(below, place, people))
    open_places = [i for i, label in enumerate(head.labels) if label and label not in given]
    head = _by_header(head, open_places, profiles)
    head = _with_age_unit(head, open_places, profiles)
    head = with_times(head, open_places, profiles)
    if head.kind == "reports":
        head = of_staff(of_reports(head, open_places, profiles), open_places, profiles)
    elif head.kind == "outcomes":
        head = of_another_department(head, open_places, profiles)
    return replace(head, evidence=dict.fromkeys(chosen, "由人指定") | dict(head.evidence))


def _is_enough(chosen: Mapping[str, str], mapping: FileMapping, kind: str) -> bool:
    lacking = set(missing((*chosen.values(), *mapping.constants), kind))
    # The kind of an outcome may come from a header or from the title.
    return not lacking - {OUTCOME_LABELS["kind"]}


def _by_header(head: Head, places: Sequence[int], profiles: Profiles) -> Head:
    """Map columns by listed names, known words and initials, unless the cells contradict them."""
    taken = head.fields
    found: dict[str, list[int]] = {}
    combined: dict[int, str] = {}
    doubts = dict(head.doubts)
    by_initials = _by_initials(head, places, profiles)
    for place in places:
        label = head.labels[place]
        name = meaning(label, head.kind) or by_initials.get(place, "")
        if "+" in name:
            combined[place] = name
        elif name and profiles(place).contradicts(name):
            really = f"多是{posts_named(posts)}" if (posts := profiles(place).posts) else "不像"
            doubts[label] = f"列名像“{LABELS_OF[head.kind].get(name, name)}”，内容却{really}"
        elif name and name not in taken:
            found.setdefault(name, []).append(place)
    mapping = dict(head.mapping)
    for name, named in found.items():
        rivals = _competing(head, name, named)
        doubts |= {head.labels[i]: f"不止一列像“{LABELS_OF[head.kind][name]}”，内容不同" for i in rivals}
        if others := [i for i in named if i not in rivals]:
            mapping |= {head.labels[i]: name for i in _nearest(head, name, others, profiles)}
    covered = {name for value in mapping.values() for name in value.split("+")}
    mapping |= {head.labels[i]: v for i, v in combined.items() if not set(v.split("+")) <= covered}
    evidence = {
        label: "列名" + ("、内容" if _agrees(head, label, mapping, profiles) else "") for label in mapping
    }
    return replace(head, mapping=mapping, doubts=doubts, evidence=evidence)


def _with_age_unit(head: Head, places: Sequence[int], profiles: Profiles) -> Head:
    """Map a column of 岁, 月, 天 next to an age as its unit, under any header: 5月 must not become 5岁."""
    units = [i for i in places if head.labels[i] not in head.mapping and profiles(i).supports("age_unit")]
    if "age" not in head.fields or "age_unit" in head.fields or len(units) != 1:
        return head
    label = head.labels[units[0]]
    evidence = dict(head.evidence) | {label: "内容：年龄单位"}
    return replace(head, mapping=dict(head.mapping) | {label: "age_unit"}, evidence=evidence)


def _agrees(head: Head, label: str, mapping: Mapping[str, str], profiles: Profiles) -> bool:
    return profiles(head.labels.index(label)).supports(mapping[label])


def _by_initials(head: Head, places: Iterable[int], profiles: Profiles) -> dict[int, str]:
    """Index → field of the columns named in pinyin initials whose cells leave one meaning."""
    options = {i: found for i in places if (found := possible(head.labels[i], head.kind))}
    if len(options) < LEAST_INITIALS:
        return {}
    chosen: dict[int, str] = {}
    for place, names in options.items():
        fitting = [name for name in names if not profiles(place).objects(name)]
        ranks = [rank(head.labels[place], name, head.kind) for name in fitting]
        if ranks and ranks.count(min(ranks)) == 1:
            chosen[place] = fitting[ranks.index(min(ranks))]
    return chosen


def _nearest(head: Head, name: str, places: Sequence[int], profiles: Profiles) -> list[int]:
    """Columns that supply a field: the best-ranked one, a date and its time, or all that add content."""
    if name in _ALL_RANKS:
        listed = [i for i in places if is_listed(head.labels[i], name, head.kind)]
        if name != "accession_number" or listed == list(places):
            return list(places)
        return listed or [min(places, key=lambda i: rank(head.labels[i], name, head.kind))]
    ranks = {i: rank(head.labels[i], name, head.kind) for i in places}
    if name == "signed_at" and (final := [i for i in places if FINAL.search(head.labels[i])]):
        # Of the three levels 书写, 审核, 终审 the last one signs.
        places = [i for i in places if ranks[i] == 0] or final
    near = [i for i in places if ranks[i] == min(ranks[j] for j in places)]
    if name not in _TOGETHER:
        return near[:1]
    if name not in TIMES:  # 住院号 and 门诊号 complement each other, as do dates of outcomes
        return near
    stem = _stem(head.labels[near[0]])
    return [i for i in near if _stem(head.labels[i]) == stem or profiles(i).is_clock]


def _competing(head: Head, name: str, places: Sequence[int]) -> list[int]:
    """Columns not to use for a field because an equally ranked header competes.

    Those that name imaging (or all, if none does) if their values mostly differ; otherwise the others.
    """
    ranks = {i: rank(head.labels[i], name, head.kind) for i in places}
    near = [i for i in places if ranks[i] == min(ranks.values())]
    if name not in _ONE_ONLY or len(near) < 2:
        return []
    # 诊断 alone may be the clinical diagnosis where there is also an 影像诊断.
    telling = [i for i in near if _OF_IMAGING.search(normal(head.labels[i]))] or near
    return telling if len(telling) > 1 and _disagree(head, telling) else [i for i in near if i not in telling]


def _disagree(head: Head, places: Sequence[int]) -> bool:
    rows = [row for row in head.sheet.rows if row.number > head.row and not row.problem][:FIRST_ROWS]
    texts = [[shown(head.cell(row, i)).strip() for i in places] for row in rows]
    full = [found for found in texts if all(found)]
    return len(full) >= ENOUGH and sum(len(set(found)) > 1 for found in full) * 2 > len(full)


def _stem(label: str) -> str:
    return _DAY_TIME.sub("", normal(label))
