"""How vendors name the columns of 申请单 and 危急值记录; written as in synonyms.py."""

from reports.intake.synonyms import AT, DAY_TIME, PERSON, REPORTS

REQUESTS: dict[str, tuple[str, ...]] = PERSON | {
    "request_number": (
        "(检查|影像|影像学|放射|电子|医技|his)?申请(单)?(号|号码|编号|流水号|id|序号|单号|no)|申请单(标识|唯一号|唯一标识)|检查申请单?"
        "|(request|requisition|req|apply|application|placerorder|exam(ination)?request|order)(form)?(no|num|number|id)|placer(no|number)",
        "(检查)?医嘱(号|编号|id|流水号|序号|唯一号)|开单号|条码号|单据号|orderid|orderno",
    ),
    "sex": REPORTS["sex"],
    "age": REPORTS["age"],
    "age_unit": REPORTS["age_unit"],
    "birth_on": REPORTS["birth_on"],
    "requesting_department": (
        "科别|(申请|开单|开立|送检|送诊|下达|开嘱|临床|就诊|所在|病人|患者|受检者|申请单)(科室|科别|部门|科)(名称)?"
        "|(requesting|request|requested|ordering|order|referring|referral|clinical)(department|dept|unit|service|location)(name)?",
        "科室|科室名称|department|dept|病区|申请病区|ward",
    ),
    "clinical_question": (
        "(影像|放射)?(检查|申请|送检|诊断|申请检查|检查申请|送诊|临床)(的)?(目的|要求|理由|事由|缘由)((及|和|与)?(要求|目的))?|目的|检查目的及说明|临床问题|需解决(的)?(临床)?问题"
        "|(clinical|exam|examination|study|request)?(question|purpose)|(exam|examination|study|request|order)?reason(for)?(the)?(exam|examination|study|request|order|procedure|visit|requestedprocedure)?",
        "(检查|申请)原因|(检查)?(指征|适应证|适应症)|申请说明|申请备注|(clinical|exam|study)?indications?",
    ),
    "clinical_diagnosis": REPORTS["clinical_diagnosis"],
    "surgical_history": REPORTS["surgical_history"],
    "requested_examination": (
        "申请(的)?(检查)?(项目|内容|名称)(名称|内容|及部位|明细)?|申请检查|(开单|送检|开立)(项目|内容)(名称)?|检查申请(项目|内容|名称)"
        "|requested(exam|examination|procedure|item|study|test)(name|desc|description)?|request(item|content|procedure|name)(name)?",
        "检查项目(名称|明细)?|项目名称|项目|(检查)?医嘱(名称|项目|内容)|检查名称|检查内容|检查部位(及|和|与|)(检查)?方法|收费项目(名称)?"
        "|(exam|examination|study|procedure|order|test)(name|desc|description|item|title)|procedure|examination|exam",
        "(申请|检查|申请检查|送检|扫描|投照|摄影)?部位(名称)?|(body|exam|examination|requested)?(part|site|region)(examined)?",
    ),
    "requested_at": (
        f"(检查|影像)?(申请|开单|开立|开具|下达|申请单|申请单开立|医嘱|医嘱开立|医嘱下达|开嘱|送检)(提交|开立|下达)?{DAY_TIME}"
        f"|(request|requested|requesting|requisition|order|ordered|ordering|placed){AT}",
    ),
}  # fmt: skip

_ALERT = "(影像|放射|放射科|检查)?(危急值|危急|危象|危重值|临界值|critical)(值)?(情况)?"
_PEOPLE = "((医师|医生|技师|护士|医护|医护人员|人|者|人员)(签名|签字)?|签名|签字)(姓名|名称)?"

# Content, times, sender and recipient of an alert. 姓名 and 受检者ID are recognised for masking, not stored.
ALERTS: dict[str, tuple[str, ...]] = PERSON | {
    "content": (
        f"{_ALERT}(报告)?(内容|描述|结果|所见|征象|表现|诊断|详情|说明|信息|提示|内容描述|结果内容)|危急(征象|发现|诊断)"
        "|critical(value|finding|result|alert)?s?(content|text|desc|description|detail|details|finding|findings|result)|alert(content|text|desc|description|detail)",
        f"{_ALERT}(项目|名称|类型|类别|条目|种类)?|异常(内容|结果|发现|所见)|critical(value|finding|findings|result|results|alert)",
        "内容|描述|报告内容|通知内容|上报内容|告知内容|content|finding|findings|description",
    ),
    "found_at": (
        f"({_ALERT})?(发现|检出|识别|确认|发生|产生|出现|判定|触发){DAY_TIME}"
        f"|(critical)?(found|finding|detected|detection|identified|discovered|discovery|recognized){AT}",
        f"{_ALERT}{DAY_TIME}|critical(value|finding|result)?{AT}",
    ),
    "notified_at": (
        f"({_ALERT})?(电话)?(通知|上报|通报|告知|电话|呼叫|联系|发送|发布|传达|提醒)(临床|科室|临床科室|病区|完成)?{DAY_TIME}|{_ALERT}报告{DAY_TIME}"
        f"|(notified|notify|notification|notice|communicated|communication|called|call|alerted|alert|sent|send|informed){AT}",
        f"报告{DAY_TIME}|(reported|report){AT}",
        f"(接收|接报|接听|接电话|接获|签收|确认接收){DAY_TIME}|(received|receive|receipt|acknowledged|ack){AT}",
    ),
    "notified_by": (
        f"({_ALERT})?(电话)?(通知|上报|通报|告知|呼叫|联系|发送|发布|传达|拨打){_PEOPLE}|{_ALERT}报告{_PEOPLE}|打电话人"
        "|(notified|communicated|called|alerted|sent|informed)by|notifier|caller|(notifying|calling)(doctor|physician|radiologist|person)",
        f"报告{_PEOPLE}|reportedby|reporter|(reporting)(doctor|physician|radiologist)",
    ),
    "receiving_department": (
        "(接收|接报|接听|接电话|接获|被通知|通知|通报|上报|告知|签收)(的)?(临床)?(科室|部门|科别|单位|病区|科)(名称)?"
        "|(receiving|received|recipient|receiver|notified|informed)(department|dept|ward|unit|service|location)(name)?",
        "(申请|开单|送检|临床|就诊|所在|患者|病人)(科室|科别|部门)(名称)?|科室|科室名称|科别|病区|(requesting|ordering|clinical)?(department|dept|ward)",
    ),
    "received_by": (
        f"({_ALERT})?(接收|接报|接听|接电话|接获|被通知|被告知|签收|接听电话|临床接收|临床接报|科室接收|应答|接受通知|接受|受话){_PEOPLE}"
        "|(received|receipt|acknowledged|answered|taken)by|receiver|recipient|(receiving|notified|informed)(doctor|physician|nurse|person|staff|clinician)|(person)notified",
    ),
}  # fmt: skip
