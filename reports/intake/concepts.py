"""Interpret unlisted headers: split them into words, map words to concepts, and concepts to a field.

影像检查流水编码, EXAM_SERIAL_NO, JIANCHA_LIUSHUIHAO and JCLSH all mean exam + number. A header with an
unlisted word (报告打印时间) has no meaning: a wrong guess costs more than a question.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from reports.intake.initials import initials
from reports.intake.syllables import spellings

# Concept → words, as `normal()` returns them. English words match Latin headers.
_WORDS = {
    "exam": "检查 影像 影像学 放射 放射学 照片 照相 摄片 拍片 扫描 投照 摄影 成像 拍摄 片 "
    "x线 x光 ct mr mri dr exam examination study scan imaging radiology radiological ris pacs",
    "shoot": "照片 照相 摄片 拍片 扫描 投照 摄影 拍摄",
    "patient": "患者 病人 病员 受检者 受检人 被检者 受检 患儿 patient pat pt",
    "visit": "就诊 就医 诊疗 visit encounter",
    "admission": "住院 门诊 病案 病历 住院病案 inpatient outpatient mrn",
    "report": "报告 报告单 report rpt",
    "document": "单据 文书 document doc",
    "request": "申请 申请单 开单 送检 送诊 开立 开具 医嘱 request requested requesting req requisition order "
    "ordered ordering referring apply",
    "clinical": "临床 入院 clinical clin admitting",
    "write": "一级 书写 撰写 编写 初写 完成 write writing written writer create created complete completed",
    "review": "审核 二审 二级 复核 审阅 复审 审签 核发 复片 "
    "audit audited review reviewed reviewing verify verified "
    "approve approved verifier reviewer auditor approver",
    "final": "终审 三审 三级 final",
    "sign": "签发 签名 签字 签署 发布 sign signed signing issue issued publish release",
    "modify": "修改 修订 更正 modify modified update updated amend amended",
    "last": "末次 最后 最近 最终 last",
    "operate": "操作 执行 上机 operate operating perform performed performing",
    "device": "设备 机器 仪器 机型 device equipment machine",
    "serial": "流水 唯一 标识 序列 索引 主索引 serial unique",
    "bed": "床号 床位 床 bed",
    "number": "号 序号 编号 编码 代码 号码 标识码 标识号 唯一号 识别码 识别号 no num number id code",
    "name": "姓名 名字 name",
    "sex": "性别 sex gender",
    "age": "年龄 岁数 age",
    "unit": "单位 unit",
    "birth": "出生 生日 birth birthday dob",
    "time": "日期 时间 时刻 日期时间 时间点 年月日 日 date time datetime at dt dttm timestamp",
    "doctor": "医师 医生 大夫 人 者 人员 doctor physician dr person radiologist by",
    "technician": "技师 技术员 技士 技术人员 technician technologist radiographer tech",
    "department": "科室 科别 部门 科 dept department",
    "ward": "病区 ward",
    "item": "项目 条目 细目 item procedure",
    "part": "部位 bodypart part",
    "count": "张数 count",
    "kind": "类型 类别 种类 方式 大类 分类 性质 来源 type class category kind mode",
    "finding": "所见 表现 描述 征象 finding findings description desc see",
    "conclusion": "诊断 意见 印象 结论 提示 拟诊 impression diagnosis diag dx conclusion opinion result",
    "method": "方法 技术 参数 条件 method technique protocol parameter parameters",
    "state": "状态 status state",
    "surgery": "手术 surgery surgical operation",
    "past": "史 既往 past history",
    "purpose": "目的 要求 purpose question reason",
    "found": "发现 检出 find found detect detected",
    "notify": "通知 上报 告知 电话 电话通知 notify notified notifying call inform informed report reported",
    "receive": "接收 接听 接报 接电话 receive received receiving receiver",
    "nurse": "护士 护士站 nurse",
    "critical": "危急 危急值 危重值 critical alert crisis",
    "follow": "随访 回访 追踪 follow followup",
    "surgeon": "术后 术中 手术中",
    "pathology": "病理 病理学 pathology",
    "scope": "造影 镜下 内镜 内镜下 endoscopy endoscopic",
    "outcome": "结局 结果 转归 所得结果 outcome",
    "": "信息 明细 说明 内容 情况 当前 数据 资料 "
    "摘要 简述 概要 详情 详细 经过 过程 基本 初步 具体 术前 原 本次 对应 学 的 "
    "及 与 和 或 名称 字段 单 所得 info information text value detail details name of the",
}
# Field → concepts that name it, the most likely first; those in brackets are optional.
_REPORTS = {
    "accession_number": ("exam number [serial name]", "exam serial"),
    "patient_id": (
        "patient number [serial]",
        "patient serial",
        "admission number [patient visit]",
        "visit number",
    ),
    "patient_name": ("patient name", "name"),
    "sex": ("sex [patient]",),
    "age": ("age [patient exam visit]",),
    "age_unit": ("age unit [patient]",),
    "birth_on": ("birth [time patient]",),
    "patient_class": ("patient kind [visit]", "visit kind"),
    "requesting_department": (
        "request department [clinical patient name]",
        "clinical department [patient]",
        "patient department",
        "visit department",
        "department",
    ),
    "clinical_diagnosis": (
        "clinical conclusion [request patient]",
        "patient conclusion",
        "request conclusion",
    ),
    "surgical_history": ("surgery past [patient]",),
    "examination_name": ("exam item [name part]", "exam part count", "exam part method", "exam part item"),
    "modality": ("exam device kind", "device kind", "exam kind", "device", "exam device"),
    "body_part": ("part [exam patient]",),
    "examined_at": ("exam time [operate]",),
    "technique": ("method [exam]",),
    "findings": ("finding [exam report]",),
    "impression": ("conclusion exam [report]", "conclusion report", "conclusion"),
    "reporting_physician": (
        "report write doctor [name]",
        "write doctor [name]",
        "report doctor [name]",
        "conclusion doctor",
    ),
    "reviewing_physician": (
        "review doctor [report name]",
        "review name [report]",
        "final doctor [report name]",
    ),
    "signed_by": ("sign doctor [report name]", "final sign doctor [report name]"),
    "signed_at": ("sign time [report final]", "final time [report]", "review time [report]"),
    "last_modified_by": ("modify doctor [last report name]",),
    "last_modified_at": ("modify time [last report]",),
    "operator": (
        "technician [exam operate device name]",
        "shoot doctor",
        "operate doctor [device exam name]",
    ),
    "reported_at": ("report time", "report write time", "write time"),
    "report_status": ("state [report review document number]",),
}
_PERSON = {n: _REPORTS[n] for n in ("accession_number", "patient_id", "patient_name")}
RULES = {
    "reports": _REPORTS,
    "requests": _PERSON
    | {n: _REPORTS[n] for n in ("sex", "age", "age_unit", "birth_on", "clinical_diagnosis")}
    | {
        "surgical_history": ("surgery past [patient]", "surgery [patient]"),
        "request_number": ("request number [exam serial]",),
        "requesting_department": _REPORTS["requesting_department"],
        "clinical_question": ("purpose [exam request clinical]",),
        "requested_examination": ("request item [exam name]", "exam item [name]"),
        "requested_at": ("request time [exam]",),
    },
    "alerts": _PERSON
    | {
        "content": ("critical [finding conclusion exam outcome item]",),
        "found_at": ("found time [critical]",),
        "notified_at": ("notify time [critical clinical]",),
        "notified_by": ("notify doctor [critical name]", "report doctor"),
        "receiving_department": (
            "receive department [clinical]",
            "patient department [bed]",
            "department [clinical bed]",
        ),
        "received_by": ("receive doctor [clinical name]", "receive nurse"),
    },
    "outcomes": _PERSON
    | {
        "accession_number": ("exam number [serial]",),
        "kind": ("follow kind", "outcome kind"),
        "observed_on": ("follow time", "outcome time", "surgery time", "pathology time"),
        "text": (
            "follow outcome [finding]",
            "surgeon finding",
            "surgery finding",
            "surgeon conclusion",
            "scope finding [exam]",
            "pathology conclusion",
        ),
        "recorded_by": ("follow doctor",),
    },
}  # fmt: skip
_LATIN = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_SHORTEST_INITIALS, _LONGEST_INITIALS = 2, 10
_LONGEST_WORD = 16  # zhuyuanbingan


def _by_word() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for concept, words in _WORDS.items():
        for word in words.split():
            found.setdefault(word, set()).add(concept)
            if not word.isascii() and (concept or len(word) > 1):
                for letters in spellings(word):
                    found.setdefault(letters, set()).add(concept)
    return {word: frozenset(concepts) for word, concepts in found.items()}


_CONCEPTS = _by_word()
_SHORT = frozenset(s for word in _CONCEPTS if not word.isascii() and len(word) < 3 for s in spellings(word))


def _by_initials() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {"id": {"number"}, "no": {"number"}}
    for word, concepts in _CONCEPTS.items():
        if letters := initials(word):
            found.setdefault(letters, set()).update(concepts)
    return {letters: frozenset(concepts) for letters, concepts in found.items()}


_INITIALS = _by_initials()


@lru_cache(maxsize=8)
def _rules(kind: str) -> tuple[tuple[str, int, frozenset[str], frozenset[str]], ...]:
    found = []
    for field, forms in RULES[kind].items():
        for place, form in enumerate(forms):
            needed, _, more = form.partition("[")
            found.append((field, place, frozenset(needed.split()), frozenset(more.strip("] ").split())))
    return tuple(found)


def fields_of_words(text: str, key: str, kind: str) -> tuple[tuple[str, int], ...]:
    """(field, rank) of a header made of known words; `key` is its normal form."""
    words = [word.lower() for word in _LATIN.findall(text)]
    spelled = (
        [words] if len(words) > 1 and "".join(words) == key and all(w in _CONCEPTS for w in words) else []
    )
    return _named(spelled or _shortest(_splits(key, _CONCEPTS)), _CONCEPTS, kind)


def fields_of_initials(key: str, kind: str) -> tuple[tuple[str, int], ...]:
    """(field, rank) pairs that a header in pinyin initials may mean."""
    if not re.fullmatch(rf"[a-z]{{{_SHORTEST_INITIALS},{_LONGEST_INITIALS}}}", key):
        return ()
    return _named(_splits(key, _INITIALS), _INITIALS, kind)


def is_short(key: str) -> bool:
    """True for the pinyin of one or two characters: bianhao is as short a word as 编号."""
    return key in _SHORT


def is_made_of(key: str, concepts: frozenset[str]) -> bool:
    """True if a normalised header can be split into words, or initials, of these concepts alone."""
    return any(
        all(words[word] & concepts for word in split)
        for words in (_CONCEPTS, _INITIALS)
        for split in _splits(key, words)
    )


def _splits(key: str, words: dict[str, frozenset[str]], start: int = 0) -> Iterator[list[str]]:
    """Every split of a header into known words; a single-letter word is allowed only at the end."""
    if start == len(key):
        yield []
    for end in range(start + 1, min(len(key), start + _LONGEST_WORD) + 1):
        word = key[start:end]
        lone = len(word) == 1 and word.isascii() and end < len(key)
        if word in words and not lone:
            for further in _splits(key, words, end):
                yield [word, *further]


def _shortest(splits: Iterable[list[str]]) -> list[list[str]]:
    found = list(splits)
    least = min(map(len, found), default=0)
    return [words for words in found if len(words) == least]


def _named(
    splits: Iterable[list[str]], words: dict[str, frozenset[str]], kind: str
) -> tuple[tuple[str, int], ...]:
    found: dict[str, int] = {}
    for split in splits:
        for concepts in _choices([words[word] for word in split]):
            said = concepts - {""}
            for field, place, needed, more in _rules(kind):
                if needed <= said <= needed | more:
                    found[field] = min(place, found.get(field, place))
    return tuple(sorted(found.items(), key=lambda pair: pair[1]))


def _choices(options: list[frozenset[str]]) -> set[frozenset[str]]:
    """Every combination of concepts when words have several meanings."""
    sets: set[frozenset[str]] = {frozenset()}
    for concepts in options:
        sets = {chosen | {concept} for chosen in sets for concept in concepts}
    return sets
