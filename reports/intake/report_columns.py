"""Map columns of report exports that their headers alone do not decide."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from reports.intake.cells import shown
from reports.intake.headers import is_counter, is_unwanted, meaning, normal
from reports.intake.heads import Head
from reports.intake.profiles import FIRST_ROWS, Profiles, are_swapped
from reports.intake.syllables import in_both

FINAL = re.compile(in_both(r"终审|三审|三级|final"), re.I)
_REVIEW = re.compile(in_both(r"审核|复核|审阅|复审|二审|audit|review|verif"), re.I)
# 类型 alone may describe the patient or the device.
_BARE_KIND = re.compile(r"类型|类别|分类|种类|大类|来源|type|class|category|kind")


def of_reports(head: Head, places: Sequence[int], profiles: Profiles) -> Head:
    """Head with mappings specific to report exports: levels of physicians, and whole reports in one cell."""
    head = _levels(head, places)
    head = _reported_by_signing(head)
    head = _by_values(head, places, profiles)
    return _not_swapped(head, places)


def _levels(head: Head, places: Iterable[int]) -> Head:
    """With 书写, 审核 and 终审 columns, map the last one as signature and the one before as review."""
    named = [head.labels[i] for i in places if meaning(head.labels[i], head.kind) == "reviewing_physician"]
    final = next((label for label in named if FINAL.search(label)), "")
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
    """Without a 报告时间 column, use the time of signing (报告签发时间) as the time of the report."""
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
    """Map columns whose cells are unmistakable, under any header."""
    mapping, evidence = dict(head.mapping), dict(head.evidence)
    texts = ("findings", "impression", "technique", "")
    whole = [i for i in places if mapping.get(head.labels[i], "") in texts and profiles(i).is_whole_report]
    if len(whole) == 1 and "report_text" not in mapping.values():
        mapping[head.labels[whole[0]]], evidence[head.labels[whole[0]]] = (
            "report_text",
            "内容：含所见与诊断的小标题",
        )
    if not whole and "impression" in mapping.values() and "findings" not in mapping.values():
        # A 报告内容 without headings, next to a column of conclusions, contains the description.
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
    """Unmap both columns if descriptions are under 诊断 and conclusions under 描述."""
    by_field = {head.mapping.get(head.labels[i], ""): i for i in places}
    if not {"findings", "impression"} <= set(by_field):
        return head
    rows = [row for row in head.sheet.rows if row.number > head.row and not row.problem][:FIRST_ROWS]
    one, two = (
        [shown(head.cell(row, by_field[name])) for row in rows] for name in ("findings", "impression")
    )
    if not are_swapped(one, two):
        return head
    labels = [head.labels[by_field[name]] for name in ("findings", "impression")]
    mapping = {label: name for label, name in head.mapping.items() if label not in labels}
    doubt = f"“{labels[0]}”的内容像诊断结论，“{labels[1]}”的内容像影像描述，可能颠倒"
    return replace(head, mapping=mapping, doubts=dict(head.doubts) | dict.fromkeys(labels, doubt))
