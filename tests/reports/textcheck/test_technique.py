"""6.3.3–6.3.6: kind, body part, posture, projection, scan method, range and reconstruction."""

import pytest

from reports.domain.textcheck.report import CheckedReport
from reports.domain.textcheck.rules import technique
from reports.domain.textcheck.rules.technique import RULES
from tests.reports.textcheck.said_kit import messages, said
from tests.reports.textcheck.work_kit import assert_linear, count_work, times


def codes(modality, name, lines, **fields):
    found = said(RULES, modality=modality, examination_name=name, technique=lines, **fields)
    return [code for code, _ in found]


@pytest.mark.parametrize(
    ("modality", "name", "lines"),
    [
        ("DR", "胸部DR正侧位", "体位：立位；投照方位：后前位及左侧位。"),
        ("DR", "胸部正位(X线)", "立位后前位"),
        ("DR", "床旁胸片", "床边摄片，仰卧前后位"),
        ("DR", "双乳钼靶X线摄影", "双乳CC位及MLO位投照"),
        (
            "DR",
            "双乳钼靶摄影",
            "检查部位：双侧乳腺；体位及投照：CC位，MLO位；曝光方式：自动曝光（X线检查）。",
        ),
        ("DR", "上消化道造影", "口服硫酸钡混悬液"),
        ("DR", "静脉肾盂造影（IVP）", "静脉注射碘海醇"),
        ("DR", "T管造影X线", "经T管注入碘海醇，透视下点片"),
        ("CT", "气道CT平扫", "扫描范围：声门至膈顶；MPR"),
        ("DR", "全景片", "口腔曲面体层摄影"),
        ("DR", "左手正位(骨龄)DR", "坐位，掌下位，正位"),
        ("DR", "KUB", "仰卧位，前后位"),
        ("DR", "颈椎X线双斜位", "立位，双斜位"),
        ("DR", "双膝负重位X线", "站立负重位，正侧位"),
        ("DR", "腰椎过伸过屈位DR", "立位，过伸、过屈侧位"),
        ("DR", "寰枢椎张口位DR", "仰卧位张口位"),
        ("DR", "CHEST DR", "立位 PA"),
        ("DR", "右踝关节X光正侧位片", "坐位"),
        ("DR", "全脊柱拼接DR", "站立位正侧位拼接"),
        ("DR", "新生儿胸腹联合DR", "仰卧位，正位，保温箱内"),
        ("DR", "双髋蛙式位DR", "仰卧位，蛙式位"),
        ("DR", "腰椎DR", "体位：侧卧；投照方位：水平侧位"),
        ("CT", "胸部CT平扫", "螺旋扫描，范围自肺尖至肺底，层厚5mm，1mm薄层重建"),
        ("CT", "颅脑CT平扫", "听眦线为基线，颅底-颅顶连续扫描，骨窗及软组织窗重建"),
        ("CT", "冠脉CTA", "心电门控，气管隆突下至心脏膈面，后处理VR、MIP、CPR"),
        ("CT", "腰椎间盘CT平扫", "L3/4至L5/S1椎间隙扫描，骨算法重建"),
        ("CT", "腰椎间盘CT平扫", "L3/4、L4/5、L5/S1椎间盘平面扫描，软组织算法重建"),
        ("CT", "全腹部CT增强", "扫描范围：膈顶至耻骨联合，MPR"),
        ("CT", "双下肢CTV", "下腔静脉至足尖，MIP"),
        ("CT", "鼻窦CT平扫+三维重建", "额窦上缘—硬腭下缘"),
        ("CT", "CTPA", "肺尖至膈面，MIP"),
        ("CT", "CTU", "膈顶至耻骨联合，MIP、VR重建，四期扫描"),
        ("CT", "颞骨薄层CT扫描", "岩骨上缘至乳突尖，骨算法"),
        ("CT", "PET/CT全身显像", "18F-FDG"),
        ("CT", "X线计算机体层(CT)平扫 胸部", "平扫，自肺尖扫至肋膈角，多平面重建"),
        ("CT", "甲状腺CT平扫+增强", "舌骨水平至主动脉弓，MPR"),
        ("CT", "泌尿系CT", "平扫，双肾上极至膀胱底，冠状位重组"),
        ("CT", "肋骨CT平扫+三维重建", "扫描范围：锁骨上缘至第12肋下缘"),
        ("CT", "胸部CT", "扫描方法：多发伤急诊扫查；扫描范围：肺尖至肺底；重建技术：MPR"),
        ("MRI", "颈椎磁共振平扫", "矢状位：T1WI，T2WI；横断位：T2WI"),
        ("MRI", "MRCP", "冠状位：MRCP"),
        ("MRI", "头颅MRA", "横断位：TOF-MRA"),
        ("MRI", "MRI平扫", "扫描范围：右膝关节；矢状位：T1WI"),
    ],
)
def test_examination_that_says_all_is_silent(modality, name, lines):
    assert codes(modality, name, lines) == []


@pytest.mark.parametrize(
    ("modality", "name", "lines", "found"),
    [
        ("CT", "肋骨平扫+三维重建", "扫描方法：平扫；扫描范围：锁骨上缘至第12肋", ["6.3.3/no-kind"]),
        ("MRI", "心脏平扫", "横断位：T1WI", ["6.3.3/no-kind"]),
        (None, "上腹部增强", None, ["6.3.3/no-kind"]),
        ("MRI", "头颅CT", "横断位：T1WI", ["6.3.3/kind-differs"]),
        ("CT", "胸部DR正位", None, ["6.3.3/kind-differs"]),
        ("DR", "腰椎磁共振平扫", None, ["6.3.3/kind-differs"]),
        ("DR", "DR正侧位", "体位：坐位；投照方位：正位及侧位。", ["6.3.4/no-body-part"]),
        ("DR", "床旁DR", "床旁，前后位", ["6.3.4/no-body-part"]),
        ("DR", "胸部正位DR", "后前位", ["6.3.4/no-posture"]),
        ("DR", "胸部DR正侧位", "投照方位：后前位及左侧位。", ["6.3.4/no-posture"]),
        ("DR", "左膝DR正侧位", "常规投照", ["6.3.4/no-posture"]),
        ("DR", "左膝关节DR", "左膝关节，仰卧位", ["6.3.4/no-projection"]),
        ("DR", "腹部DR立位及卧位", "检查部位：腹部；体位：立位及仰卧位；", ["6.3.4/no-projection"]),
        ("DR", "双乳钼靶", "手动压迫", ["6.3.4/no-projection"]),
        ("DR", "左肩DR", "常规", ["6.3.4/no-posture", "6.3.4/no-projection"]),
        ("CT", "CT平扫", "扫描范围：常规；肺窗及纵隔窗1mm薄层重建，MPR", ["6.3.5/no-body-part"]),
        ("CT", "胸部CT", "扫描范围：肺尖至肺底；重建技术：1.25mm薄层重建", ["6.3.5/no-scan-method"]),
        ("CT", "胸部CT", "扫描方法：；扫描范围：肺尖至肺底；高分辨算法重建", ["6.3.5/no-scan-method"]),
        ("CT", "胸部CT平扫", "胸部CT平扫，MPR重建", ["6.3.5/no-scan-range"]),
        ("CT", "胸部CT平扫", "扫描范围：；1mm薄层重建", ["6.3.5/no-scan-range"]),
        ("CT", "胸部CT平扫", "层厚5-10mm，MPR", ["6.3.5/no-scan-range"]),
        ("CT", "头颅CT平扫", "120kV，管电流200-300mA，脑窗、骨窗重建", ["6.3.5/no-scan-range"]),
        ("CT", "胸部CT平扫", "扫描范围：肺尖至肺底", ["6.3.5/no-reconstruction"]),
        ("CT", "膝CT平扫", "前交叉韧带重建术后；扫描范围：股骨至胫骨", ["6.3.5/no-reconstruction"]),
        ("CT", "胸部CT平扫", "扫描范围：肺尖至肺底；重建技术：；", ["6.3.5/no-reconstruction"]),
        ("CT", "胸部CT平扫", "胸部CT平扫", ["6.3.5/no-reconstruction", "6.3.5/no-scan-range"]),
        ("MRI", "MRI平扫", "扫描序列：矢状位：T1WI，T2WI；横断位：T2WI。", ["6.3.6/no-body-part"]),
    ],
)
def test_examination_that_lacks_something_is_told(modality, name, lines, found):
    assert codes(modality, name, lines) == found


@pytest.mark.parametrize("modality", ["DR", "CT"])
def test_empty_technique_is_one_fault_of_another_rule(modality):
    assert codes(modality, f"胸部{modality}正位平扫", "") == []


@pytest.mark.parametrize("modality", ["DR", "CT", "MRI"])
def test_technique_not_known_is_not_held_against_anyone(modality):
    assert codes(modality, f"胸部{modality}", None) == []


def test_device_codes_stand_for_their_kind():
    assert codes("DX", "左膝关节DR", "左膝关节，仰卧位") == ["6.3.4/no-projection"]
    assert codes("DR", "盆腔DR", "动态观察", modality_code="RF") == []
    assert codes("DR", "左侧DR", "CC位，MLO位", modality_code="MG", body_part="乳腺") == []


def test_body_part_known_from_its_own_column_counts():
    assert codes("MRI", "MRI平扫", "横断位：T1WI", body_part="头颅") == []


@pytest.mark.parametrize(
    ("modality", "name", "found"),
    [
        ("CT", "胸部CT平扫", []),
        ("CT", "头颅CT平扫+增强", []),
        ("CT", "胸部CT平扫+头颅CT平扫+增强", ["6.3.5/not-in-catalogue"]),
        ("CT", "胸部CT平扫+腹部CT", []),
        ("CT", "肺CT平扫", ["6.3.5/not-in-catalogue"]),
        ("DR", "胸部X线正位", []),
        ("DR", "胸部 X线正位", []),
        ("DR", "胸片", ["6.3.4/not-in-catalogue"]),
    ],
)
def test_catalogue_once_imported_is_compared_with_the_name(monkeypatch, modality, name, found):
    real = technique.term_set
    catalogue = frozenset(["胸部CT平扫", "胸部X线正位", "头颅CT平扫+增强", "腹部CT"])
    monkeypatch.setattr(
        technique, "term_set", lambda given: catalogue if given == "recognition_catalogue" else real(given)
    )
    assert codes(modality, name, None) == found


def test_catalogue_not_imported_is_not_asked():
    assert codes("CT", "肺CT平扫", None) == []


@pytest.mark.parametrize(
    "piece", ["至", "自", "1×", "未见", "范围", "胸-", "A", "扫描方法：", "体位", "-", " "]
)
@pytest.mark.parametrize("modality", ["DR", "CT", "MRI"])
def test_adversarial_texts_are_linear_work(monkeypatch, modality, piece):
    def made(length):
        text = times(piece, length)
        return CheckedReport(modality=modality, examination_name=text, technique=text)

    assert_linear(count_work(monkeypatch), made)


@pytest.mark.parametrize(
    ("name", "quoted"),
    [("甲" * 20 + "CT平扫", "甲" * 20 + "CT平扫"), ("甲" * 21 + "CT平扫", "甲" * 21 + "CT…")],
)
def test_name_of_an_examination_is_quoted_up_to_24_characters(name, quoted):
    found = messages(RULES, modality="CT", examination_name=name, technique="扫描")
    assert found[0] == f"检查名称“{quoted}”没有写检查部位，技术参数中也没有。"
