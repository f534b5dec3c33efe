"""Which field each column holds: its header proposes, the cells agree or object, a person decides the rest.

A listed header, or one of known words, stands unless enough cells contradict it. A header in pinyin initials
needs cells that agree and leave one field. A header that says nothing is taken only for what cannot be
mistaken (two parts of a report in a cell, 张三/男/45岁). What remains open is named, never guessed.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache

from reports.intake.cells import shown
from reports.intake.headers import (
    is_counter,
    is_listed,
    is_unwanted,
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
from reports.intake.profiles import ENOUGH, Profile, are_swapped, profile_of
from reports.intake.registers import of_another_department
from reports.intake.synonyms import DAY_TIME

_DATES = (*TIMES, "examined_on", "observed_on")
# These under names that are not equally plain: 病理诊断 beside 手术所见, 检查部位 beside 申请项目, each
# says something.
_ALL_RANKS = ("accession_number", "text", "requested_examination")
# Two columns of these may stand side by side: a day and its time, or a number under two names.
_TOGETHER = (*_DATES, *_ALL_RANKS)
# Two different texts or people cannot both be this one of a report.
_ONE_ONLY = (
    "findings",
    "impression",
    "reporting_physician",
    "reviewing_physician",
    "signed_by",
    "patient_name",
)
_OF_IMAGING = re.compile(r"影像|放射|检查|报告|imaging|radiolog|exam|report")
_DAY_TIME = re.compile(rf"({DAY_TIME}|date|time|datetime|at|dt)+$")
_FINAL = re.compile(r"终审|三审|三级|final", re.I)
_REVIEW = re.compile(r"审核|复核|审阅|复审|二审|audit|review|verif", re.I)
_FIRST_ROWS = 400
# 类型 alone may be of the patient or of the device.
_BARE_KIND = re.compile(r"类型|类别|分类|种类|大类|来源|type|class|category|kind")

Profiles = Callable[[int], Profile]


def with_columns(head: Head, mapping: FileMapping) -> Head:
    """The head with the meaning of its columns, the evidence for each, and the doubts against others."""
    given = given_columns(head.labels, mapping.columns)
    chosen = {label: name for label, name in given.items() if name}
    head = replace(head, mapping=chosen, constants=mapping.constants)
    if chosen and _is_enough(chosen, mapping, head.kind):
        # A person chose the columns of this very layout: what they left out stays out.
        evidence = dict.fromkeys(chosen, "由人指定")
        return replace(head, twins=(), evidence=evidence)
    below = [row for row in head.sheet.rows if row.number > head.row and not row.problem][:_FIRST_ROWS]
    profiles: Profiles = cache(lambda place: profile_of(below, place))
    open_places = [i for i, label in enumerate(head.labels) if label and label not in given]
    head = _by_header(head, open_places, profiles)
    head = _bare_times(head, open_places, profiles)
    head = _days_of_clocks(head, open_places, profiles)
    head = _STEPS[head.kind](head, open_places, profiles)
    return replace(head, evidence=dict.fromkeys(chosen, "由人指定") | dict(head.evidence))


def _is_enough(chosen: Mapping[str, str], mapping: FileMapping, kind: str) -> bool:
    lacking = set(missing((*chosen.values(), *mapping.constants), kind))
    # The kind of an outcome may stand in the head's or the title's own words.
    return not lacking - {OUTCOME_LABELS["kind"]}


def _by_header(head: Head, places: Sequence[int], profiles: Profiles) -> Head:
    """What listed names, known words and initials say, as far as the cells do not object."""
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
            doubts[label] = f"列名像“{LABELS_OF[head.kind].get(name, name)}”，内容却不像"
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


def _agrees(head: Head, label: str, mapping: Mapping[str, str], profiles: Profiles) -> bool:
    return profiles(head.labels.index(label)).supports(mapping[label])


def _by_initials(head: Head, places: Iterable[int], profiles: Profiles) -> dict[int, str]:
    """Columns named in pinyin initials whose cells leave one meaning."""
    options = {i: found for i in places if (found := possible(head.labels[i], head.kind))}
    if len(options) < LEAST_INITIALS:
        return {}
    found = {}
    for place, names in options.items():
        fitting = [name for name in names if not profiles(place).objects(name)]
        ranks = [rank(head.labels[place], name, head.kind) for name in fitting]
        if ranks and ranks.count(min(ranks)) == 1:
            found[place] = fitting[ranks.index(min(ranks))]
    return found


def _nearest(head: Head, name: str, places: Sequence[int], profiles: Profiles) -> list[int]:
    """The columns that carry a field: the plainest name, or a day and its time, or all that add to it."""
    if name in _ALL_RANKS:
        listed = [i for i in places if is_listed(head.labels[i], name, head.kind)]
        if name != "accession_number" or listed == list(places):
            return list(places)
        return listed or [min(places, key=lambda i: rank(head.labels[i], name, head.kind))]
    ranks = {i: rank(head.labels[i], name, head.kind) for i in places}
    if name == "signed_at" and (final := [i for i in places if _FINAL.search(head.labels[i])]):
        # Of the three levels 书写, 审核, 终审 the last one signs.
        places = [i for i in places if ranks[i] == 0] or final
    near = [i for i in places if ranks[i] == min(ranks[j] for j in places)]
    if name not in _TOGETHER:
        return near[:1]
    if name not in TIMES:
        return near
    stem = _stem(head.labels[near[0]])
    return [i for i in near if _stem(head.labels[i]) == stem or profiles(i).is_clock]


def _competing(head: Head, name: str, places: Sequence[int]) -> list[int]:
    """Columns that claim one field by equally good names and mostly disagree: none is surely right."""
    ranks = {i: rank(head.labels[i], name, head.kind) for i in places}
    near = [i for i in places if ranks[i] == min(ranks.values())]
    if name not in _ONE_ONLY or len(near) < 2:
        return []
    # 诊断 alone may be the clinician's where 影像诊断 stands beside it.
    telling = [i for i in near if _OF_IMAGING.search(normal(head.labels[i]))] or near
    return telling if len(telling) > 1 and _disagree(head, telling) else [i for i in near if i not in telling]


def _disagree(head: Head, places: Sequence[int]) -> bool:
    rows = [row for row in head.sheet.rows if row.number > head.row and not row.problem][:_FIRST_ROWS]
    texts = [[shown(head.cell(row, i)).strip() for i in places] for row in rows]
    full = [found for found in texts if all(found)]
    return len(full) >= ENOUGH and sum(len(set(found)) > 1 for found in full) * 2 > len(full)


def _stem(label: str) -> str:
    return _DAY_TIME.sub("", normal(label))


def _bare_times(head: Head, places: Sequence[int], profiles: Profiles) -> Head:
    """Unknown columns that hold times and would be known by their word and 时间 (检出, 告知)."""
    found: list[tuple[int, str, str]] = []
    for place in places:
        label = head.labels[place]
        named = next((n for n in (f"{label}时间", f"{label} time") if meaning(n, head.kind) in TIMES), "")
        if named and label not in head.mapping and profiles(place).is_day:
            name = meaning(named, head.kind)
            found.append((rank(named, name, head.kind), label, name))
    mapping, evidence = dict(head.mapping), dict(head.evidence)
    for _, label, name in sorted(found, key=lambda each: each[0]):
        if name not in mapping.values():
            mapping[label] = name
            evidence[label] = "列名、内容"
    return replace(head, mapping=mapping, evidence=evidence)


def _days_of_clocks(head: Head, places: Sequence[int], profiles: Profiles) -> Head:
    """A time that stands in clocks alone (发现时间 20:27) takes the day of a column beside them (日期)."""
    mapping = dict(head.mapping)
    for name in TIMES:
        carrying = [i for i in places if mapping.get(head.labels[i]) == name]
        if not carrying or not all(profiles(i).is_clock for i in carrying):
            continue
        days = [i for i in places if head.labels[i] not in mapping and profiles(i).is_day]
        named = [
            i for i in days if meaning(head.labels[i], head.kind) == name or _is_bare_day(head.labels[i])
        ]
        only = days if head.kind == "alerts" and len(days) == 1 else []
        mapping |= {head.labels[i]: name for i in (named or only)[:1]}
    return replace(head, mapping=mapping)


def _is_bare_day(label: str) -> bool:
    return normal(label) in ("日期", "date", "年月日")


def _of_reports(head: Head, places: Sequence[int], profiles: Profiles) -> Head:
    head = _levels(head, places)
    head = _reported_by_signing(head)
    head = _by_values(head, places, profiles)
    return _not_swapped(head, places)


def _levels(head: Head, places: Iterable[int]) -> Head:
    """书写, 审核 and 终审 side by side: the last one signs, the one before reviews."""
    named = [head.labels[i] for i in places if meaning(head.labels[i], head.kind) == "reviewing_physician"]
    final = next((label for label in named if _FINAL.search(label)), "")
    review = next((label for label in named if _REVIEW.search(label) and label != final), "")
    if not (final and review) or "signed_by" in head.fields:
        return head
    mapping = {label: name for label, name in head.mapping.items() if name != "reviewing_physician"}
    return replace(
        head,
        mapping=mapping | {review: "reviewing_physician", final: "signed_by"},
        evidence=dict(head.evidence) | {review: "列名", final: "列名：三级中的最后一级"},
    )


def _reported_by_signing(head: Head) -> Head:
    """Without a 报告时间 of its own the time at which the report was signed (报告签发时间) is it."""
    if "reported_at" in head.fields:
        return head
    signing = [
        label
        for label, name in head.mapping.items()
        if name == "signed_at" and re.search("报告|report", label)
    ]
    mapping = dict(head.mapping) | dict.fromkeys(signing, "reported_at")
    return replace(
        head, mapping=mapping, evidence=dict(head.evidence) | dict.fromkeys(signing, "列名：没有别的报告时间")
    )


def _by_values(head: Head, places: Sequence[int], profiles: Profiles) -> Head:
    """Columns whose cells cannot be mistaken, whatever stands above them."""
    mapping, evidence = dict(head.mapping), dict(head.evidence)
    texts = ("findings", "impression", "technique", "")
    whole = [i for i in places if mapping.get(head.labels[i], "") in texts and profiles(i).is_whole_report]
    if len(whole) == 1 and "report_text" not in mapping.values():
        mapping[head.labels[whole[0]]], evidence[head.labels[whole[0]]] = (
            "report_text",
            "内容：含所见与诊断的小标题",
        )
    if not whole and "impression" in mapping.values() and "findings" not in mapping.values():
        # A 报告内容 without headings beside a column of conclusions holds the description.
        plain = [label for label, name in mapping.items() if name == "report_text"]
        mapping |= dict.fromkeys(plain, "findings")
        evidence |= dict.fromkeys(plain, "列名、内容：诊断另有一列")
    for place in places:
        label = head.labels[place]
        if label not in mapping and _BARE_KIND.fullmatch(normal(label)):
            fitting = [n for n in ("patient_class", "modality") if profiles(place).supports(n)]
            if len(fitting) == 1 and fitting[0] not in mapping.values():
                mapping[label], evidence[label] = fitting[0], "内容"
    unnamed = [i for i in places if head.labels[i] not in mapping and not _is_excluded(head.labels[i])]
    patient = [i for i in unnamed if profiles(i).is_patient]
    if len(patient) == 1 and "patient_name" not in replace(head, mapping=mapping).fields:
        label = head.labels[patient[0]]
        mapping[label], evidence[label] = "patient_name+sex+age", "内容：姓名、性别、年龄"
    return replace(head, mapping=mapping, evidence=evidence)


def _is_excluded(label: str) -> bool:
    return is_unwanted(label) or is_counter(label)


def _not_swapped(head: Head, places: Iterable[int]) -> Head:
    """Descriptions under 诊断 and conclusions under 描述: neither name is trusted."""
    by_field = {head.mapping.get(head.labels[i], ""): i for i in places}
    if not {"findings", "impression"} <= set(by_field):
        return head
    rows = [row for row in head.sheet.rows if row.number > head.row and not row.problem][:_FIRST_ROWS]
    one, two = (
        [shown(head.cell(row, by_field[name])) for row in rows] for name in ("findings", "impression")
    )
    if not are_swapped(one, two):
        return head
    labels = [head.labels[by_field[name]] for name in ("findings", "impression")]
    mapping = {label: name for label, name in head.mapping.items() if label not in labels}
    doubt = f"“{labels[0]}”的内容像诊断结论，“{labels[1]}”的内容像影像描述，可能颠倒"
    return replace(head, mapping=mapping, doubts=dict(head.doubts) | dict.fromkeys(labels, doubt))


def _of_outcomes(head: Head, places: Sequence[int], profiles: Profiles) -> Head:
    return of_another_department(head, places, profiles)


def _unchanged(head: Head, places: Sequence[int], profiles: Profiles) -> Head:
    return head


_STEPS: dict[str, Callable[[Head, Sequence[int], Profiles], Head]] = {
    "reports": _of_reports,
    "outcomes": _of_outcomes,
    "requests": _unchanged,
    "alerts": _unchanged,
}
