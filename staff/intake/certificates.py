"""Parse a phrase that names a certificate or training: a column header or a certificate's name in a row.

`subject` is the certificate or training, `aspect` the property. A phrase that names no training or
certificate of 4.3 and 4.4 has no subject; a badge or a post certificate (放射工作人员证, 上岗证) is
no proof of training.
"""

import re
import unicodedata
from typing import NamedTuple

from staff.intake import words

_OTHER_TRADE = re.compile(r"护士|护理|药师|检验|工程师|教师|职称|技术资格|专业技术")
_NO_TRAINING = re.compile(
    r"工作人员证|上岗(?:合格)?证|大型(?:医用)?设备|剂量|体检|健康(?:检查|监护)|继续教育|学历|学位"
)
_RESIDENCY = re.compile(r"规培|住培|规范化培训|一阶段")
_LATER_STAGE = re.compile(r"第?[二三]阶段|专科医师|专培")
_LICENCE = re.compile(r"执业(?!医师资格)")
_CERTIFICATE = re.compile(r"医[师生]资格|^资格证")
_ECOLOGY = re.compile(r"辐射安全|核技术利用|核安全|生态环境|环保")
_RADIATION = re.compile(r"(?:放射|辐射|射线).*防护|防护.*(?:培训|考核|合格|证)|放射卫生.*(?:培训|考核)")
_EQUIPMENT = re.compile(
    r"(?:设备|机器|仪器|上机|操作).*(?:培训|考核|训练|带教|上机)|上机|(?:培训|考核).*(?:操作|上机)"
)
_WORN = re.compile(r"用品|衣|铅|眼镜|帽|围裙")
_TRAINED = re.compile(r"培训|考核|训练|带教")

_DAY = re.compile(r"日期|时间|年月日?|日$")
_NUMBER = re.compile(r"编号|编码|证号|号码|书号|单号|号$")
_UNTIL = re.compile(r"有效期|到期|有效至|失效|截止")
_BASIS = re.compile(r"依据|理由|(?:视同|认定).*说明")
_SCOPE, _CATEGORY = re.compile(r"范围|专业"), re.compile(r"类别|类型")
_HOST = re.compile(r"(?:主办|组织|举办|培训|主管|发证).*(?:单位|机构|部门|系统|方)|主办")
_RESULT = re.compile(r"结果|结论|成绩(?!单)|情况|状态|是否|合格$|通过$|(?<!培训)考核$")
# A header that names a property and nothing else belongs to the certificate in the columns before it.
_ALONE = re.compile(
    r"(?:取得|获得|发证|颁发|结业|通过|合格|考核|考试|培训|完成|证书?|证件|最近|末次|是否|有)*"
    r"(?:日期|时间|年月日?|编号|编码|号码?|结果|结论|成绩|情况|状态|有效期(?:至|限)?|合格|通过|(?:单位|机构|部门))"
    r"|(?:主办|组织|举办|主管)(?:单位|机构|部门|系统)?|(?:视同|认定).*(?:依据|说明|理由)"
)
_FIELDS: dict[str, dict[str, str]] = {
    "physician_certificate": {"number": "certificate_number", "": "certificate_number"},
    "practice_licence": {
        "number": "licence_number",
        "scope": "practice_scope",
        "category": "practice_category",
        "": "licence_number",
    },
    "residency_stage_one": {
        "number": "residency_number",
        "day": "residency_on",
        "result": "residency",
        "basis": "basis",
        "": "residency",
    },
}
_TRAINING_FIELDS = {
    "": "on",
    "day": "on",
    "number": "number",
    "result": "result",
    "host": "host",
    "until": "until",
}


class Subject(NamedTuple):
    """A type of record (trainings of the ecology line apart), and the equipment where it is of one."""

    type: str
    modalities: tuple[str, ...] = ()

    def field(self, aspect: str) -> str:
        """The field of a property, such as residency_on or equipment_on:CT; "" where there is none."""
        if self.type in _FIELDS:
            return _FIELDS[self.type].get(aspect, "")
        name = _TRAINING_FIELDS.get(aspect, "")
        prefix = self.type.removesuffix("_training")
        return f"{prefix}_{name}" + "".join(f":{m}" for m in self.modalities) if name else ""


def subject(phrase: str) -> Subject | None:
    """What a phrase is about; None for none of the records that 4.3 and 4.4 ask for."""
    plain = _plain(phrase)
    if proves_nothing(phrase) or _LATER_STAGE.search(plain):
        return None
    if _RESIDENCY.search(plain):
        return Subject("residency_stage_one")
    if _LICENCE.search(plain):
        return Subject("practice_licence")
    if _CERTIFICATE.search(plain):
        return Subject("physician_certificate")
    if _ECOLOGY.search(plain):
        return Subject("ecology_training")
    if _RADIATION.search(plain) and not _WORN.search(plain):
        return Subject("radiation_training")
    named, _ = words.modalities(plain)
    if _EQUIPMENT.search(plain) or (named and _TRAINED.search(plain)):
        return Subject("equipment_training", named)
    return None


def proves_nothing(phrase: str) -> bool:
    """Is it neither a training record nor a licence to report: a badge, a post certificate, a nurse's?"""
    plain = _plain(phrase)
    trained = _RADIATION.search(plain) and _TRAINED.search(plain)
    return bool(_OTHER_TRADE.search(plain) or (_NO_TRAINING.search(plain) and not trained))


def aspect(phrase: str) -> str:
    """Which property a header names, such as number, day or result; "" for none."""
    plain = _plain(phrase)
    for name, pattern in (
        ("basis", _BASIS),
        ("until", _UNTIL),
        ("day", _DAY),
        ("number", _NUMBER),
        ("scope", _SCOPE),
        ("category", _CATEGORY),
        ("host", _HOST),
        ("result", _RESULT),
    ):
        if pattern.search(plain):
            return name
    return ""


def is_property_alone(phrase: str) -> bool:
    """Does a header name a property and nothing that has it (结业时间, 证号, 考核结果)?"""
    return _ALONE.fullmatch(_plain(phrase)) is not None


def _plain(phrase: str) -> str:
    return re.sub(r"[\s:：]+", "", unicodedata.normalize("NFKC", phrase))
