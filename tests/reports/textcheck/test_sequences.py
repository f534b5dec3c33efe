"""6.3.6: the grammar of the sequence line, well and badly written, in the ways departments write it."""

import pytest

from reports.domain.textcheck.rules.sequences import CODES, RULES
from reports.domain.textcheck.sequence_faults import faults
from standards.loader import current_edition
from tests.reports.textcheck.said_kit import said
from tests.reports.textcheck.work_kit import LONG, SHORT, count_work, times

APPENDIX_C = "T1WI，T2WI，FLAIR，DWI，T1WI+C"


def told(technique, **fields):
    """What 6.3.6 says of an MRI examination's technique: (code without its clause, excerpt)."""
    found = said(RULES, modality="MRI", technique=technique, **fields)
    return [(code.removeprefix("6.3.6/"), excerpt) for code, excerpt in found]


@pytest.mark.parametrize(
    "line",
    [
        "横断位：T1WI，T2WI，FLAIR，DWI；矢状位：T2WI。",
        "矢状位：T1WI，T2WI，T2WI+FS；横断位：T2WI",
        "横断位：T1WI+FS+C，T2WI+FS；冠状位：T2WI",
        "三维：T1WI+C；横断位：T2WI",
        "技术参数：扫描范围：颅顶-颅底；扫描序列：横断位：T1WI，T2WI，FLAIR，DWI，T1WI+C；冠状位：T1WI+C",
        "检查技术：扫描序列：横断位：T1WI，T2WI；冠状位：T2WI；",
        "扫描范围：枕骨斜坡至T3椎体；扫描序列：矢状位：T1WI，T2WI，STIR；横断位：T2*WI。",
        "斜冠状位：T1WI，T2WI+FS；斜矢状位：T2WI+FS；横断位：PDWI+FS",
        "横断面：T1WI+IP，T1WI+OP，T2WI+FS，DWI；冠状面：T2WI，MRCP",
        "横轴位：T1WI，T2-FLAIR，DWI（b=0，1000s/mm²），ADC；矢状位：T2WI",
        "常规行盆腔平扫及动态增强；横断位：T1WI，T2WI+FS，DCE；矢状位：T2WI",
        "使用3.0T磁共振，头线圈；横断位：T1WI，T2WI；矢状位：T1WI。",
        "采用头颈联合线圈，行横断位：T1WI，T2WI；矢状位：T2WI。",
        "横断位：T1WI，T2WI；冠状位：T2WI；对比剂：Gd-DTPA 15ml；层厚5mm，层间距1mm。",
        "横断位：T1WI，T2WI，层厚：5mm；冠状位：T2WI",
        "横断位：T1WI；线圈：头颈联合线圈；冠状位：T2WI；扫描范围：头顶至颅底。",
        "横断位：T1WI，T2WI；\n冠状位：T2WI；\n矢状位：T1WI。",
        "平扫：横断位：T1WI，T2WI；冠状位：T2WI",
        "扫描时间10:24，横断位：T1WI，T2WI",
        "扫描范围：颅顶-颅底，横断位：T1WI，T2WI；矢状位：T1WI",
        "扫描序列:横断位：T1WI，T2WI",
        "横断位： T1WI ， T2WI + FS ； 冠状位： T2WI",
        "横断位：T1WI，T2WI序列；冠状位：T2WI",
        "1、横断位：T1WI；2、冠状位：T2WI",
        "横断位：TOF-MRA",
        "冠状位：3D-MRCP；横断位：T2WI+脂肪抑制",
        "颅脑平扫：横断位：T1WI，T2WI；MRA：三维：TOF-MRA",
        "MRA：横断位：3D-TOF-MRA；MRV：冠状位：PC-MRA",
        "横断位：T1WI，T2WI；MRS：多体素",
        "横断位：T1WI，T2WI；矢状位：T2WI；MRS",
        "横断位：T1WI，T2WI，DWI；矢状位：T2WI；DWI：b=0，1000s/mm²；T2WI：TR/TE=4000/100ms",
        "左膝：矢状位：PDWI+FS；冠状位：PDWI+FS；右膝：矢状位：PDWI+FS；冠状位：PDWI+FS",
        "胎儿头颅：横断位：T2WI；矢状位：T2WI。胎儿体部：横断位：T2WI；冠状位：T2WI",
    ],
)
def test_well_written_line_says_nothing(line):
    assert told(line) == []


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("检查技术：扫描范围：颅顶-颅底", [("no-sequence-line", "")]),
        ("扫描范围：T11椎体至S2椎体；", [("no-sequence-line", "")]),
        ("", [("no-sequence-line", "")]),
        ("常规MRI平扫", [("no-sequence-line", "")]),
        ("横断位、矢状位扫描", [("no-sequence-line", "")]),
        ("横断位：T1WI；T2WI；矢状位：T2WI", [("missing-orientation", "T2WI")]),
        ("矢状位：T2WI；T1WI+FS+C；冠状位：T2WI+FS。", [("missing-orientation", "T1WI+FS+C")]),
        ("横断位：T1WI；T2WI；FLAIR；DWI；矢状位：T1WI", [("missing-orientation", "T2WI")]),
        ("T1WI，T2WI，FLAIR，DWI", [("missing-orientation", "T1WI")]),
        ("行横断位T1WI、T2WI扫描，矢状位T2WI扫描。", [("missing-orientation", "行横断位T1WI")]),
        ("横断位T1WI，T2WI；冠状位T2WI", [("missing-orientation", "横断位T1WI")]),
        ("横断位：T1WI，T2WI；冠状位T2WI", [("missing-orientation", "冠状位T2WI")]),
        ("T1WI：横断位，矢状位；T2WI：横断位", [("missing-orientation", "T1WI：")]),
        ("横断位：T1WI；MRA：3D-TOF", [("missing-orientation", "MRA：")]),
        ("T1WI：TR 500ms，TE 10ms", [("missing-orientation", "T1WI：")]),
        ("横断位：T1WI，DWI；DWI：冠状位", [("missing-orientation", "DWI：")]),
        ("MRS：横断位，冠状位；横断位：T1WI", [("missing-orientation", "MRS：")]),
        ("t1_tse_tra、t2_tse_sag、t2_flair", [("missing-orientation", "t1_tse_tra")]),
        ("横断位：T1WI，T2WI，矢状位：T2WI", [("missing-group-separator", "，矢状位：")]),
        ("横断位：T1WI，T2WI。矢状位：T2WI", [("missing-group-separator", "。矢状位：")]),
        ("横断位：T1WI，T2WI\n冠状位：T2WI", [("missing-group-separator", "\n冠状位：")]),
        ("横断位：T1WI，颈椎：矢状位：T2WI", [("missing-group-separator", "矢状位：")]),
        ("横断位：T1WI，T2WI，冠状位T2WI", [("missing-group-separator", "冠状位T2WI")]),
        ("横断位：T1WI、T2WI；冠状位：T2WI", [("wrong-sequence-separator", "T1WI、T2WI")]),
        ("横断位：T1WI、T2WI、FLAIR；冠状位：T1WI、T2WI", [("wrong-sequence-separator", "T1WI、T2WI")]),
        ("横断位：T1WI/T2WI，DWI", [("wrong-sequence-separator", "T1WI/T2WI")]),
        ("横断位：T1WI及T2WI，DWI", [("wrong-sequence-separator", "T1WI及T2WI")]),
        ("横断位：T1WI T2WI FLAIR", [("wrong-sequence-separator", "T1WI T2WI FLAIR")]),
        ("横断位：T1WI+T2WI+DWI", [("wrong-sequence-separator", "T1WI+T2WI+DWI")]),
        ("横断位:T1WI,T2WI;冠状位:T2WI", [("halfwidth-separator", ":T1WI,T2WI;冠状位:")]),
        ("横断位：T1WI,T2WI；冠状位：T2WI", [("halfwidth-separator", ",")]),
        ("横断位：T1WI，T2WI;冠状位：T2WI", [("halfwidth-separator", ";")]),
        ("横断位：横断位：T1WI", [("duplicate-orientation-label", "横断位：横断位：")]),
        ("横断位：；冠状位：T2WI", [("empty-sequence", "横断位：")]),
        ("横断位：T1WI；斜矢状位：", [("empty-sequence", "斜矢状位：")]),
        ("横断位：冠状位：T1WI", [("empty-sequence", "横断位：")]),
        ("横断位：T1WI，，T2WI", [("empty-sequence", "，")]),
        ("横断位：T1WI；；冠状位：T2WI", [("empty-sequence", "；")]),
        ("横断位：T1WI，；冠状位：T2WI", [("empty-sequence", "，；")]),
        ("冠状位、矢状位：T1WI+C", [("orientations-joined", "冠状位、矢状位")]),
        ("冠、矢状位：T1WI+C", [("orientations-joined", "冠、矢状位")]),
        ("冠状位及矢状位：T1WI+C", [("orientations-joined", "冠状位及矢状位")]),
        ("横断位：扩散加权", [("unknown-sequence", "扩散加权")]),
        ("横断位：T2WI FS，T1WI；冠状位：T2WI FS", [("unknown-sequence", "T2WI FS")]),
        ("横断位：eTHRIVE，mDixon", [("unknown-sequence", "eTHRIVE"), ("unknown-sequence", "mDixon")]),
        ("TRA：T1WI；SAG：T2WI", [("unknown-orientation", "TRA"), ("unknown-orientation", "SAG")]),
        ("短轴位：T1WI+C", [("unknown-orientation", "短轴位")]),
        ("横断位：T1WI；冠状位：T2WI；横断位：T2WI", [("orientation-repeated", "横断位")]),
        ("平扫：横断位：T1WI。增强：横断位：T1WI+C", [("orientation-repeated", "横断位")]),
    ],
)
def test_deviation_is_told_once_with_its_place(line, found):
    assert told(line) == found


def test_sequence_before_the_colon_is_named_for_what_it_is():
    turned, without = faults("T1WI：横断位；T2WI：矢状位"), faults("横断位：T1WI；MRCP：2D厚层，3D薄层")
    assert ["写成了“序列：方位”" in fault.message for fault in turned] == [True]
    assert ["前面没有写方位" in fault.message for fault in without] == [True]


def test_faults_of_different_kinds_in_one_line_are_all_told():
    line = "扫描序列：横断位：横断位：T1WI、T2WI,冠状位：；矢状位：T2WI"
    assert told(line) == [
        ("duplicate-orientation-label", "横断位：横断位："),
        ("wrong-sequence-separator", "T1WI、T2WI"),
        ("halfwidth-separator", ","),
        ("missing-group-separator", ",冠状位："),
        ("empty-sequence", "冠状位："),
    ]


def test_offsets_are_those_of_the_text_with_full_width_letters():
    assert told("横断位：Ｔ１ＷＩ、Ｔ２ＷＩ") == [("wrong-sequence-separator", "Ｔ１ＷＩ、Ｔ２ＷＩ")]


@pytest.mark.parametrize("code", CODES)
def test_example_of_the_register_is_found_and_its_opposite_is_not(code):
    check = current_edition().checks_by_code[f"6.3.6/{code}"]
    assert code in [found for found, _ in told(check.example_violating)]
    assert told(check.example_conforming) == []


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({"modality": "CT"}, []),
        ({"modality": "DR"}, []),
        ({"modality": "MR"}, [("6.3.6/no-sequence-line", "")]),
        ({"modality": None, "examination_name": "头颅MRI平扫"}, [("6.3.6/no-sequence-line", "")]),
        ({"modality": None, "examination_name": "胸部CT"}, []),
        ({"modality": None}, []),
        ({"modality": "MRI", "examination_name": "外院磁共振会诊"}, []),
    ],
)
def test_line_is_asked_of_mri_examinations_only(fields, found):
    assert said(RULES, technique="常规平扫", **fields) == found


def test_line_without_any_kind_is_read_as_one_of_mri():
    assert said(RULES, technique="横断位:T1WI") == [("6.3.6/halfwidth-separator", ":")]


def test_technique_not_known_says_nothing():
    assert said(RULES, modality="MRI", examination_name="头颅MRI平扫") == []


def test_appendix_c_line_has_its_two_faults_and_the_rewritten_one_none():
    line = f"检查技术：扫描范围：颅顶-颅底；扫描序列：横断位：横断位：{APPENDIX_C}；冠状位、矢状位：T1WI+C"
    assert told(line) == [
        ("duplicate-orientation-label", "横断位：横断位："),
        ("orientations-joined", "冠状位、矢状位"),
    ]
    rewritten = (
        f"技术参数：扫描范围：颅顶-颅底；扫描序列：横断位：{APPENDIX_C}；冠状位：T1WI+C；矢状位：T1WI+C"
    )
    assert told(rewritten) == []


@pytest.mark.parametrize(
    "piece",
    [
        "横断位：",
        "横断位：T1WI，",
        "：",
        "；",
        "、",
        "（",
        "T1WI",
        "T1WI、",
        "扫描范围：",
        "层厚：",
        "序列",
        "1×",
        "冠状位、",
        " ",
        "\n",
        "🩻",
        "T1WI/",
    ],
)
def test_adversarial_line_is_linear_work_with_offsets_inside(monkeypatch, piece):
    work = count_work(monkeypatch)
    short, long = (work.of_call(lambda size=size: faults(times(piece, size))) for size in (SHORT, LONG))
    assert long <= 5 * short
    line = times(piece, 20_000)
    found = faults(line)
    assert all(0 <= fault.start <= fault.end <= len(line) for fault in found)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("T1WI，T2WI", "“T1WI”只写了序列，没有写各自的方位。"),
        ("行横断位T1WI扫描", "“行横断位T1WI扫描”有方位和序列，但没有写成“方位：序列”。"),
        (
            "横断位：T1WI，冠状位：T2WI",
            "“横断位”与“冠状位”是不同方位，之间应用“；”分隔，此处用的是“，”。",
        ),
        (
            "横断位：T1WI\n冠状位：T2WI",
            "“横断位”与“冠状位”是不同方位，之间应用“；”分隔，此处没有分号。",
        ),
        ("横断位：T1WI；T2WI", "“T2WI”前面没有写方位，标准规定的格式是“方位：序列”。"),
        (
            "横断位：T1WI；冠状位T2WI",
            "“冠状位T2WI”的方位后面没有“：”，标准规定的格式是“方位：序列”。",
        ),
        ("横断位：，T1WI", "“，”前面没有序列。"),
        (
            "横断位：T1WI，冠状位T2WI",
            "“冠状位T2WI”是另一方位，与“横断位”之间应用“；”分隔，方位后应有“：”。",
        ),
        (
            "横断位：T1WI T2WI",
            "“T1WI”与“T2WI”是同一方位的不同序列，之间应用“，”分隔，此处用的是空格。",
        ),
        (
            "横断位：T1WI/T2WI",
            "“T1WI”与“T2WI”是同一方位的不同序列，之间应用“，”分隔，此处用的是“/”。",
        ),
        (
            "横断位:T1WI,T2WI;冠状位:T2WI",
            "扫描序列中有4处半角标点“,”“:”“;”，标准规定的分隔符是全角“：”“，”“；”。",
        ),
    ],
)
def test_deviation_is_told_with_the_words_of_the_line(line, message):
    assert [fault.message for fault in faults(line)] == [message]


def test_unknown_sequences_are_noted_up_to_24_names_with_the_orientation():
    line = "横断位：" + "，".join(f"Q{number}XY" for number in range(30))
    assert len(faults(line)) == 23


@pytest.mark.parametrize(("length", "is_noted"), [(24, True), (25, False)])
def test_unknown_sequence_has_up_to_24_characters(length, is_noted):
    name = "Q" * length
    assert told(f"横断位：{name}") == ([("unknown-sequence", name)] if is_noted else [])
