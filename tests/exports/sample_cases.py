"""How the sample packet's reports were ruled."""

from audits.sampling.domain.strata import SYSTEM_ZH
from exporting.masking import mask_in_text, mask_name
from scoring.content import parts
from standards.loader import load_edition
from tests.exports.sample_texts import Text

FAULTS = {
    "CT2507150087": (
        "6.4.3.4",
        "增强后未见明显强化的坏死区",
        "“未见明显强化”属模糊描述，强化程度应写为无强化、轻度、中度或明显强化。",
    ),
    "MR2508200029": (
        "6.4.3.2",
        "内侧半月板后角见线样高信号影",
        "信号高低未指定参照组织，应写明与何种组织相比。",
    ),
}
OTHER_FAULT = ("6.4.3.3", "", "密度高低的程度未按七级分度书写。")
ADVICE = ("6.4.3.6", "CT值约62HU", "测量值的小数位数与前次报告不一致，宜统一；不扣分。")
MISSED = "CT2508120055"
PARTLY = "CT2508050144"
ADVISED = "CT2507110203"


def case_of(
    place: int, text: Text, judged: bool, faulty_ones: tuple[str, ...], wrong_ones: tuple[str, ...]
) -> parts.Case:
    faulty, wrong = judged and text.number in faulty_ones, judged and text.number in wrong_ones
    name, identity, sex, age = text.patient

    def hidden(words: str) -> str:
        return mask_in_text(words, name, (identity,))

    findings = hidden(text.findings)
    faults = _faults(text, findings, faulty)
    return parts.Case(
        position=place,
        system=text.system,
        system_zh=SYSTEM_ZH[text.system],
        modality=text.modality,
        revision_number=2 if text.number == "DR2508020311" else 1,
        report=parts.ReportText(
            title="示例市第一人民医院放射影像检查报告",
            accession_number=text.number,
            patient_name=mask_name(name),
            sex=sex,
            age=age,
            requesting_department=text.requested[0],
            clinical_diagnosis=hidden(text.requested[1]),
            examination_name=text.examination,
            examined_at=f"2025-0{7 + place // 4}-{8 + place:02d} 10:24",
            technique=text.technique,
            findings=findings,
            impression=hidden(text.impression),
            reporting_physician=text.physician,
            reviewing_physician="审核甲",
            signed_by="审核甲",
            reported_at=f"2025-0{7 + place // 4}-{8 + place:02d} 11:40",
        ),
        outcomes=(_outcome(place, text.outcome[0], hidden(text.outcome[1])),),
        description=parts.DescriptionRuling(
            faulty if judged else None,
            ("不规范" if faulty else "规范") if judged else "未评",
            faults[0].reason if faulty and faults else "",
            faults,
        ),
        conclusion=_conclusion(text, judged, wrong),
        assessors=_assessors(text, place, judged, faulty, wrong),
    )


def _outcome(place: int, kind: str, words: str) -> parts.OutcomeFact:
    return parts.OutcomeFact(kind, f"2025-10-{place:02d}", words, "测一鸣 1007")


def _faults(text: Text, findings: str, faulty: bool) -> tuple[parts.FaultMark, ...]:
    edition = load_edition("db11-draft")
    marks = [(FAULTS.get(text.number, OTHER_FAULT), True)] if faulty else []
    marks += [(ADVICE, False)] if text.number == ADVISED else []
    found = []
    for (clause, excerpt, reason), counts in marks:
        start = findings.find(excerpt) if excerpt else -1
        place_of = (start, start + len(excerpt)) if start >= 0 else (None, None)
        title = edition.clauses_by_number[clause].title_zh
        found.append(
            parts.FaultMark(clause, title, "findings", *place_of, excerpt, reason, "评一 1002", counts)
        )
    return tuple(found)


def _conclusion(text: Text, judged: bool, wrong: bool) -> parts.ConclusionRuling:
    if not judged:
        return parts.ConclusionRuling("", "未评", "", "", "", None, "")
    if wrong:
        reason = "膀胱低级别尿路上皮癌（0.8cm）在排泄期图像上可见，报告未提及。"
        return parts.ConclusionRuling("discordant", "不符合", "定位错误", "未定性", "漏诊", True, reason)
    if text.number == PARTLY:
        return parts.ConclusionRuling(
            "partly",
            "基本符合",
            "定位正确",
            "结局列为第二或第三诊断",
            "无差错",
            False,
            "急性化脓性未提及，处理不变。",
        )
    return parts.ConclusionRuling("concordant", "符合", "定位正确", "首选诊断与结局一致", "无差错", False, "")


def _assessors(
    text: Text, place: int, judged: bool, faulty: bool, wrong: bool
) -> tuple[parts.AssessorLine, ...]:
    if not judged:
        return (parts.AssessorLine("第一评审", "评一 1002", "未评", "", "", "未评", "", ""),)
    return tuple(
        parts.AssessorLine(
            reader,
            person,
            "不规范" if faulty else "规范",
            f"2025-10-16 10:{place:02d}",
            f"2025-10-16 10:{place:02d}",
            "不符合" if wrong else ("基本符合" if text.number == PARTLY else "符合"),
            f"2025-10-16 10:{place + 2:02d}",
            "",
        )
        for reader, person in (("第一评审", "评一 1002"), ("第二评审", "评二 1003"))
    )
