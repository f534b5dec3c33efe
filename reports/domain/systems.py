"""Which stratum of Table B.1 a report belongs to: a suggestion a person may change (DOMAIN 2).

The draft says "…系统疾病", so the disease decides where it is known (`system_of_disease`); until then the
examined part does (`system_of_examination`). Head and neck, breast, endocrine and obstetrics belong to none
of the five strata and are `other`.
"""

import re

# A vessel examination is circulatory in any region; neck and breast belong to none of the five.
_VESSEL = re.compile(
    r"CTA|CTV|MRA|MRV|动脉|静脉|血管|冠脉|心脏|心肌|心腔|门静脉成像"
    r"|\b(?:heart|cardiac|coronary|aorta|angiography|artery|vein|carotid)\b",
    re.I,
)
# Terms of DICOM's Body Part Examined, as devices write the part, with their stratum.
_PARTS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "other",
        re.compile(
            r"乳腺|双乳|左乳|右乳|钼靶|甲状腺|腮腺|鼻窦|鼻咽|喉部|咽喉|眼眶|颌面|耳部|中耳|内听道|颈部|口腔|胎儿|产科"
            r"|\b(?:breast|thyroid|neck|sinus|nasopharynx|orbit|larynx)\b",
            re.I,
        ),
    ),
    (
        "skeletal",
        re.compile(
            r"[颈胸腰骶尾]椎|脊柱|椎间盘|骶髂|骨盆|髋|膝|踝|肩|肘|腕|手|足|指|趾|跟骨|股骨|胫|腓|肱骨|尺|桡|锁骨|肩胛|肋骨|胸骨|"
            r"关节|四肢|上肢|下肢|前臂|小腿|大腿|骨骼|骨龄|颞下颌"
            r"|\b(?:[ctls]?spine|pelvis|hip|knee|ankle|shoulder|elbow|wrist|hand|foot|femur|tibia|clavicle|ribs?)\b",
            re.I,
        ),
    ),
    (
        "nervous",
        re.compile(
            r"头颅|颅脑|头部|脑|垂体|脊髓|鞍区|海马|颅底|DTI|MRS|\b(?:head|brain|skull|pituitary)\b", re.I
        ),
    ),
    ("respiratory", re.compile(r"胸部|胸片|肺|气管|支气管|纵隔|胸膜|胸腔|\b(?:chest|lungs?|thorax)\b", re.I)),
    (
        "digestive_urogenital",
        re.compile(
            r"腹|盆腔|肝|胆|胰|脾|胃|肠|食管|食道|钡餐|钡灌肠|MRCP|MRU|CTU|KUB|肾|输尿管|膀胱|泌尿|尿路|尿道|前列腺|子宫|附件|卵巢|"
            r"睾丸|阴囊|直肠|阑尾|造影剂排泄"
            r"|\b(?:abdomen|liver|pancreas|kidneys?|bladder|prostate|uterus|rectum|colon)\b",
            re.I,
        ),
    ),
)

_DISEASES: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "circulatory",
        re.compile(
            r"夹层|动脉瘤|冠状动脉|冠脉|心肌|心包|心脏|瓣膜|肺栓塞|肺动脉栓塞|静脉血栓|动脉狭窄|动脉闭塞|Stanford|支架内|壁间血肿"
        ),
    ),
    ("other", re.compile(r"乳腺|左乳|右乳|甲状腺|腮腺|鼻窦|鼻咽|喉癌|颈部淋巴结")),
    (
        "skeletal",
        re.compile(
            r"骨折|椎间盘|滑脱|骨髓|半月板|韧带|股骨头|关节|骨肉瘤|骨转移|椎管狭窄|肩袖|骨巨细胞|滑膜|椎体"
        ),
    ),
    (
        "nervous",
        re.compile(r"脑|颅|垂体|胶质瘤|脑膜瘤|听神经|脊髓|硬膜|蛛网膜|多发性硬化|癫痫|髓母|神经鞘瘤"),
    ),
    ("respiratory", re.compile(r"肺|支气管|胸腺|纵隔|胸膜|气胸|结核|胸腔")),
    (
        "digestive_urogenital",
        re.compile(
            r"肝|胆|胰|脾|胃|肠|食管|阑尾|直肠|结肠|肾|输尿管|膀胱|前列腺|子宫|宫颈|内膜|卵巢|附件|睾丸|尿路|腹膜|疝"
        ),
    ),
)

_CORD = re.compile(r"(?:髓内|髓外|椎管内)[^，。；]*(?:占位|肿瘤|瘤|脓肿|血肿)|脊髓(?:炎|空洞|肿瘤|占位)")


def system_of_examination(examination_name: str, body_part: str = "", impression: str = "") -> str:
    """The stratum suggested by the examined part; by the conclusion where the part names several or none."""
    for text in (examination_name, body_part):
        named = _systems_named(text)
        if len(named) == 1:
            return "nervous" if named == ["skeletal"] and _cord_disease(impression) else named[0]
        if named and len(named) > 2:
            return "other"
        if named:
            return _of_conclusion(impression, named)
    return _of_conclusion(impression, [])


def system_of_disease(outcome_text: str) -> str | None:
    """The stratum suggested by the disease an outcome names; None when it names none or several equally."""
    first = [(m.start(), system) for system, pattern in _DISEASES if (m := pattern.search(outcome_text))]
    if any(system == "circulatory" for _, system in first):
        return "circulatory"
    return min(first)[1] if first else None


def _systems_named(text: str) -> list[str]:
    if _VESSEL.search(text):
        return ["circulatory"]
    found: list[str] = []
    for system, pattern in _PARTS:
        text, count = pattern.subn("", text)
        if count:
            found.append(system)
    return found


def _cord_disease(impression: str) -> bool:
    """Does the first conclusion of a spine examination concern the cord or canal, so the nervous system?"""
    return bool(_CORD.search(re.split(r"[\n；。]", impression, maxsplit=1)[0]))


def _of_conclusion(impression: str, among: list[str]) -> str:
    for line in re.split(r"[\n；。]", impression):
        system = system_of_disease(line)
        if system and (not among or system in among):
            return system
    return among[0] if among else "other"
