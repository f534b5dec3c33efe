"""Column names used by vendors: field → patterns, the most likely meaning first. Data for headers.py.

Names are written as `normal()` returns them: no spaces, brackets, punctuation or capitals. When a file has
two names of one field, the earlier in the list is used and the other column becomes 其他列, except where the
columns complement each other (identifiers, and dates with their times).
"""

_WHO = "((影像)?(患者|病人|病员|受检者|被检者|检查者|就诊人|受检人|patient|pat)(基本)?(信息|资料|info)?)?"
_DOCTOR = "(医师|医生|人|者|人员|专家|doctor|physician|radiologist|dr|by|er)(姓名|名称|name)?"
_BY = "(dr|doctor|physician|radiologist|name)?"
_IMAGING = "(影像学?|影像检查|检查|放射学?|放射科|放射检查|医学影像|报告|ct|mri?|x线|dr)?(部分)?"
DAY_TIME = "(日期|时间|时间点|日|时刻)((及|和)?(日期|时间|时刻))?"
_WORDING = "(意见|内容|结果|诊断|所见|描述|结论|情况|说明|结局|诊断结果|诊断结论|记录)"
AT = "(at|on|time|date|datetime|dttm|dt|timestamp)"

PERSON = {
    "accession_number": (
        "(放射科?|影像学?|影像科|ris|pacs|申请)?检查(号|号码|编号|no)|accession(no|num|number|id)?|acc(no|num|number)|accessionnumberstring",
        "检查(流水号|单号|单编号|序列号|序号|id|标识|唯一标识|唯一号|登记号|申请号|代码)|(exam|examination|study|order)(no|num|number|id)",
        "影像(学)?(号|编号|编码|id)|放射(科)?(号|编号)|(pacs|ris)(系统)?(号|编号|id)|(ct|mri?|dr|x线)(检查)?(号|编号)|片号|摄片号|x光号|图像号",
        "报告(单)?(编号|号|流水号|id)|报告流水号|report(no|num|number|id)",
    ),
    "patient_id": (
        f"{_WHO}(id|id号|编号|号|号码|标识|唯一号|主索引|索引号|no|num|number|identifier|code|唯一标识)",
        "pid|patno|patientmrn|mrn|medicalrecord(no|num|number)|empi|empiid|患者主索引号?",
        "登记号|病历号|病案号|门诊病历号|病历编号|病案编号|档案号|健康档案号",
        "门诊号?住院号|住院号?门诊号|门诊住院号|住院门诊号|就诊号|就诊编号|就诊id|就诊卡号|诊疗卡号|诊疗号|住院号|门诊号|卡号|就诊流水号",
    ),
    "patient_name": (f"{_WHO}(姓名|名称|名字|name|fullname)|受检者|被检者|患者|病人|name|patient|受检人",),
}

REPORTS: dict[str, tuple[str, ...]] = PERSON | {
    "sex": (f"{_WHO}(性别|sex|gender)",),
    "age": (f"{_WHO}(检查时|检查|就诊时?)?(年龄|age)|ageatexam(ination)?|岁数|年纪",),
    "age_unit": ("年龄单位|ageunit",),
    "birth_on": (
        f"{_WHO}(出生(年月日|日期|年月|时间|日)?|生日|dob|birth(day|date|on|dt)|dateofbirth)",
    ),
    "patient_class": (
        f"来源|{_WHO[:-1]}(来源|类型|类别|class|type|source|category|属性)|(就诊|检查)来源|就诊(类别|类型|方式)|门诊住院|住院门诊|encountertype|visittype|门急住|就医类别",
    ),
    "requesting_department": (
        "科别|(申请|开单|送检|送诊|临床|就诊|所在|病人|患者|受检者|申请单)(科室|科别|部门|科)(名称)?"
        "|(requesting|request|ordering|order|referring|referral|clinical)(department|dept|unit|service|location)(name)?",
        "科室|科室名称|department|dept|病区|ward",
    ),
    "clinical_diagnosis": (
        "临床诊断|临床印象|临床(初步|初)诊断?|申请单?诊断|申请单临床诊断|入院诊断|门诊诊断|初步诊断|临床诊断意见|送检诊断|临床拟诊|拟诊"
        "|clin(ical)?(diagnosis|impression|dx|diag)|admittingdiagnosis|provisionaldiagnosis|requestdiagnosis",
        "临床资料|临床信息|clinicalinfo(rmation)?|clinicaldata|indication|临床症状及诊断",
    ),
    "surgical_history": (
        f"{_WHO}(既往|外科)?手术(病)?史|既往手术|手术既往史|(surgical|surgery|operation)(history|hx)|pastsurg(ery|icalhistory)",
    ),
    "examination_name": (
        "检查名称|检查项目(名称)?|项目名称|检查内容|影像检查(项目|名称)|(检查)?医嘱(名称|项目)?|申请项目|收费项目(名称)?"
        "|检查部位(及|和|与|)(检查)?方法|检查部位方法|部位方法|(检查)?部位及项目"
        "|(exam|examination|study|procedure|order|test)(name|desc|description|item|title)|procedure|examination|exam|检查项",
    ),
    "modality": (
        "设备类型|检查类型|检查种类|检查类别|影像类型|影像类别|设备类别|设备种类|(检查|影像|成像|仪器|机器)(设备)?类型|检查大类|检查方式|成像方式|成像设备类型"
        "|modality(type|code)?|(exam|examination|study|device|equipment|imaging)(type|modality|category|kind|class)",
        "设备|检查设备|影像设备|项目类别|device|equipment|检查分类|设备代码",
        "设备名称|机器|机房设备|检查机型|设备型号|仪器|检查仪器|devicename|equipmentname|stationname",
    ),
    "body_part": (
        "检查部位(名称)?|部位(名称)?|检查部分|受检部位|检查身体部位|身体部位|扫描部位|摄影部位|投照部位|(body|exam|examined|examination|anatomical)?(part|site|region)(examined)?|anatomy",
    ),
    "examined_at": (
        f"检查{DAY_TIME}|影像检查{DAY_TIME}|(exam|examination|study|scan|imaging|performed|acquisition|examined|scanned){AT}|检查发生时间|执行{DAY_TIME}",
        f"检查(完成|结束|开始|执行){DAY_TIME}|(拍片|摄片|摄影|扫描|照相|成像|采集|拍摄|上机|投照|做检查){DAY_TIME}|检查开始结束时间",
    ),
    "technique": (
        "技术参数|检查技术|检查方法|扫描技术|扫描方法|扫描方式|扫描参数|检查参数|成像技术|成像方法|成像参数|检查技术(及|和|与)?(方法|参数)|检查方法(及|和|与)?(技术|参数)|技术|技术方法|摄影方法|投照方法|扫描序列|检查序列"
        "|(exam|examination|scan|imaging|study)?(technique|protocol|method|parameters|techniques)",
    ),
    "findings": (
        f"{_IMAGING}(描述|所见|表现|征象|所示|描述内容|所见内容|影像所见|检查所见|影像描述|征象描述)|影像学?(所见|表现)(及)?描述|检查描述|(诊断|镜下)?所见|诊断描述"
        "|(imaging|radiologic|radiological|report|exam|image|study|radiology)?(findings?|description|desc|observations?)|reportdesc|examdesc|findingstext",
    ),
    "impression": (
        f"{_IMAGING}(诊断结论|诊断意见|诊断印象|诊断结果|诊断提示|印象|结论|意见|诊断|提示|诊断内容|结果|结论内容|影像诊断)|检查提示"
        "|(imaging|radiologic|radiological|report|exam|radiology|final)?(impressions?|conclusions?|diagnos[ie]s|diag|opinion|result)|impressiontext",
    ),
    "report_text": (
        "报告内容|报告正文|报告全文|报告文本|检查报告|报告|影像报告|(report)?(text|content|body)|report"
        "|描述及(诊断)?结论|影像描述及诊断结论|影像所见及诊断|所见及诊断|描述与结论",
    ),
    "reporting_physician": (
        f"报告{_DOCTOR}|(报告)?(书写|撰写|编写|录入|初写){_DOCTOR}|报告(书写|撰写){_DOCTOR}|report(ing|ed|er)?{_BY}|report(ed)?by|reporting(doctor|physician|radiologist)|reporter|report(doctor|physician|radiologist)|reporterphysician|author",
        f"诊断{_DOCTOR}|初诊{_DOCTOR}|初步报告{_DOCTOR}|(一级|一线|初级|住院){_DOCTOR}|radiologist|readby|interpretedby|dictatedby|diagnosing(doctor|physician)|writtenby|readingphysician|doctor",
    ),
    "reviewing_physician": (
        f"(审核|复核|复审|审阅|审查|审签|终审|核对|审定){_DOCTOR}|报告审核{_DOCTOR}|(上级|二线){_DOCTOR}"
        "|(review|verif|audit|approv|confirm|validat)(er|or|ing|ied|ier|ed|y|e)?(by|doctor|physician|radiologist|er)?|reviewed?by|reviewing(doctor|physician|radiologist)|attending(physician|radiologist)?|(二|三)级(医师|医生)|verifying(doctor|physician)|verifiedby|approvedby|checkedby",
    ),
    "signed_by": (
        f"(签发|签名|签字|签署|发布|发放|电子签名|签章){_DOCTOR}|报告签发{_DOCTOR}|最终签发{_DOCTOR}|sign(ed|er|ing|off)?(by|doctor|physician|radiologist)?|signer|(final|e|electronically)?signedby|signatory",
        "签名",
    ),
    "signature_method": (
        "(电子)?(签名|签章|签字|签署|签发)(方式|类型|类别|形式|方法|种类)|(signature|signing|sign)(method|type|mode|kind)|认证方式|签名认证",
    ),
    "signed_at": (
        f"(电子)?(签名|签发|签字|签署|签章|报告签发){DAY_TIME}|(signed|sign|signature|signing|signoff|finalized|finalised){AT}|报告发布{DAY_TIME}|发布{DAY_TIME}",
        f"(报告)?(审核|复核|审阅|审签|终审)(完成|通过|确认)?{DAY_TIME}|(verified|verify|verification|approved|approve|approval|review|reviewed|audit|confirmed|confirm){AT}",
    ),
    "last_modified_by": (
        f"(末次|最后|最近|最终)?(一次)?(修改|更新|修订|编辑){_DOCTOR}|(last)?(modified|modify|updated|edited|amended|revised)(by|doctor|physician)|lastmodifier|modifier",
    ),
    "last_modified_at": (
        f"(末次|最后|最近|最终)?(一次)?(修改|更新|修订|编辑){DAY_TIME}|lastmodified|lastmodification|lastupdated|(last)?(modified|modify|modification|updated|update|edited|amended|revised|revision){AT}",
    ),
    "modification_kind": (
        "(末次|最后)?(修改|修订|更正|变更)(性质|类型|类别|种类|原因|分类)|(modification|change|revision|amendment|modify)(kind|type|reason|category)",
    ),
    "operator": (
        f"(操作|检查|摄片|扫描|投照|拍片|摄影|执行|上机|设备操作)(技师|技术员|技士|技术人员|操作者|操作人员|操作员)|(操作|设备操作|设备操作人){_DOCTOR}|技师|技术员|操作员|操作技术员|检查人员"
        "|operator|technologist|technician|radiographer|tech(nologist|nician)?name|(exam|performing|scan)(technologist|technician|tech|operator)|performedby|tech|operatorname",
    ),
    "reported_at": (
        f"报告{DAY_TIME}|(出具|发出|出)?报告(完成|生成|出具|提交|书写|撰写|产生|发出|结束)?{DAY_TIME}|出报告{DAY_TIME}|(report|reported|reporting)(completed|completion|created|finished|finish|complete)?{AT}",
        f"(书写|撰写|完成|诊断|提交|初写){DAY_TIME}|(completed|completion|result|resulted|written|dictated|diagnosis){AT}",
    ),
    "report_status": (
        "报告(审核)?状态|状态|审核状态|报告单状态|(report|result|exam)?(status|state)|是否审核|审核标志|报告标志",
    ),
    "institution_name": (
        "(医疗)?机构(名称)?|医院(名称)?|医疗单位|院名|检查机构|检查医院|报告机构|所属医院|所属机构|(institution|hospital|facility|organization|organisation|site)(name)?|单位名称",
    ),
    "report_title": ("报告(标题|名称|抬头|题目)|标题|(report)?title",),
}  # fmt: skip

OUTCOMES: dict[str, tuple[str, ...]] = PERSON | {
    "examined_on": (
        f"(原|影像|放射|本次|对应)?(影像)?检查(完成)?{DAY_TIME}|(exam|examination|study|examined){AT}|影像{DAY_TIME}",
    ),
    "kind": (
        "(结局|结果|随访|证据|证实|金标准|最终诊断|确诊|诊断依据)(来源|类型|类别|方式|途径|种类|性质|手段|依据)"
        "|来源|类型|类别|随访方法|诊断依据|金标准|证实方法|(outcome|followup|evidence|result)?(kind|type|source|category)",
    ),
    "observed_on": (
        f"(结局|随访|结果|病理报告|病理|手术|确诊|出院|证实|报告病理|活检|穿刺|内镜|检验|复查|回访|(病例|疑难病例|mdt)?(讨论|会诊)|mdt|尸检){DAY_TIME}|(结局|随访|病理|手术|结果)(登记|获得|确认|报告|记录)?{DAY_TIME}|(outcome|followup|result|surgery|operation|pathology|observed|event){AT}",
        f"{DAY_TIME}|date",
    ),
    # All of these are stored. 临床诊断 and 入院诊断 precede the examination, so they are not outcomes.
    "text": (
        f"(结局|随访|最终|确诊|证实|结果|金标准|临床随访|回访|复查){_WORDING}|临床(随访|结局|转归|疗效){_WORDING}?|结局|结果|内容"
        "|(outcome|followup|final|result)(text|result|diagnosis|content|finding|findings|description|details?)?|diagnosis|details?",
        f"((手术|术后|活检|穿刺)?病理(检查)?|活检|穿刺|细胞学|尸检){_WORDING}|病理|(pathology|histology)(text|result|diagnosis|content|finding|findings|description|details?)?",
        f"(手术|术中|术后|内镜|检验|(病例|疑难病例|mdt)?(讨论|会诊)|mdt){_WORDING}|(surgical|surgery|operative)(text|result|diagnosis|content|finding|findings|description|details?)?",
        f"出院{_WORDING}",
    ),
    "recorded_by": (
        f"(登记|随访|记录|录入|填报|填写|填表|上报){_DOCTOR}|随访员|登记员|记录员|(recorded|registered|entered|followup)by|recorder",
    ),
}  # fmt: skip

# Prefixes and suffixes of a name that only identify the owner of the table or the system.
_HEADS = """医学影像 影像学 影像科 影像 放射学 放射科 放射 检查 报告单 报告 本次 患者 病人 受检者
    ris pacs his rpt report exam pat"""
_TAILS = "信息 内容 文本 字段 姓名 txt text value str"
# Short names that are specific enough after shortening, and names that are too generic.
_TELLING = "所见 印象 性别 年龄 技师 sex age"
_GENERIC = """name id no number num time date datetime at type code status state patient title text result
    source description desc item location site part unit doctor by 流水号 序列号 唯一号 检查者 检查人 名称"""
NEUTRAL_HEADS, NEUTRAL_TAILS = tuple(_HEADS.split()), tuple(_TAILS.split())
TELLING, GENERIC = frozenset(_TELLING.split()), frozenset(_GENERIC.split())

# Columns that only number the rows, and personal data that no clause requires: neither is stored.
COUNTER = "序号|行号|no|num|index|编号|#|id|rowno|rownumber|rownum|顺序号|seq|sn"
UNWANTED = (
    "身份证(件)?(号|号码)?|证件(号|号码|编号)|社保(卡)?号|医保(卡)?号|(联系|手机|移动|家庭)?(电话|手机|号码)(号码|号)?|手机号|(家庭|联系|现|居住|通讯)?(住址|地址)"
    "|id(card|number)no?|phone(number|no)?|tel(ephone)?|mobile|address|联系人|费用|金额|民族|婚姻(状况)?"
)
