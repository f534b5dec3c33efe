"""The stratum a report is suggested for: by the examined part, by the disease once known."""

import json

import pytest

from reports.domain.systems import system_of_disease, system_of_examination
from reports.intake.reports import read_reports
from tests.paths import DATA

RIS = DATA / "ris"


def test_every_report_of_the_key_falls_into_its_stratum():
    lines = (RIS / "key.jsonl").read_text(encoding="utf-8").splitlines()
    expected = {key["accession"]: key["system"] for key in map(json.loads, lines)}
    reports = read_reports((RIS / "clean.xlsx").read_bytes(), "clean.xlsx").reports
    found = {r.accession_number: system_of_examination(r.examination_name, "", r.impression) for r in reports}
    assert found == expected


@pytest.mark.parametrize(
    ("name", "part", "impression", "expected"),
    [
        ("头颅MRI平扫", "", "", "nervous"),
        ("胸部CT平扫", "", "", "respiratory"),
        ("上腹部CT增强", "", "", "digestive_urogenital"),
        ("左膝关节MRI", "", "", "skeletal"),
        ("冠状动脉CTA", "", "", "circulatory"),
        ("颈部CT增强", "", "", "other"),
        ("乳腺钼靶", "", "", "other"),
        ("腰椎MRI平扫", "", "1、L4/5椎间盘突出。", "skeletal"),
        ("胸椎MRI平扫", "", "1、髓内占位，考虑室管膜瘤。", "nervous"),
        ("", "骨盆", "", "skeletal"),
        ("Brain MRI", "HEAD", "", "nervous"),
        ("Chest CT", "CHEST", "", "respiratory"),
        ("", "CSPINE", "", "skeletal"),
        ("Coronary CTA", "HEART", "", "circulatory"),
        ("", "ABDOMEN", "", "digestive_urogenital"),
        ("", "BREAST", "", "other"),
        ("", "", "1、肝右叶占位。", "digestive_urogenital"),
        ("", "", "", "other"),
        ("胸腹部CT平扫", "", "1、肝脓肿；", "digestive_urogenital"),
    ],
)
def test_examination_suggests_its_stratum(name, part, impression, expected):
    assert system_of_examination(name, part, impression) == expected


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        ("主动脉夹层", "circulatory"),
        ("术后病理：肺腺癌", "respiratory"),
        ("（右额叶）少突胶质细胞瘤，脑", "nervous"),
        ("肺炎，主动脉夹层", "circulatory"),  # the vessels first, wherever they are named
        ("病情平稳", None),
    ],
)
def test_disease_of_an_outcome_suggests_its_stratum(outcome, expected):
    assert system_of_disease(outcome) == expected
