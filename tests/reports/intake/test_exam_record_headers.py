"""Headers of 申请单 and 危急值记录 as vendors write them: each is recognised by its meaning."""

import pytest

from reports.intake.headers import meaning, missing

REQUESTS = {
    "request_number": (
        "申请单号 申请单编号 申请编号 申请号 检查申请单号 电子申请单号 RequestNo RequestNumber RequisitionNo "
        "PlacerOrderNumber 医嘱号 医嘱ID OrderNo 影像申请单号 申请流水号 申请单ID 检查申请号 ReqNo APPLY_NO"
    ),
    "accession_number": "检查号 影像号 AccessionNumber 检查流水号 放射号 检查编号 AccNo RIS检查号",
    "patient_id": "受检者ID 患者ID 病人ID 住院号 门诊号 PatientID MRN 登记号 病历号",
    "patient_name": "姓名 患者姓名 PatientName",
    "sex": "性别",
    "age": "年龄 年龄(岁)",
    "birth_on": "出生日期",
    "requesting_department": "申请科室 开单科室 送检科室 RequestingDepartment OrderingDept 科室 REQ_DEPT",
    "clinical_diagnosis": "临床诊断 初步诊断 门诊诊断 ClinicalDiagnosis 临床印象 申请诊断",
    "clinical_question": (
        "检查目的 申请目的 检查要求 检查目的及要求 检查目的/要求 送检目的 ReasonForExam ReasonForStudy "
        "ClinicalQuestion 临床问题 检查理由 检查原因 检查指征 Indication EXAM_PURPOSE 目的"
    ),
    "surgical_history": "手术史 既往手术史 SurgicalHistory",
    "requested_examination": (
        "申请项目 检查项目 申请检查项目 医嘱名称 检查名称 RequestedProcedure 申请检查 开单项目 项目名称 "
        "ExamItem 检查部位 申请内容"
    ),
    "requested_at": (
        "申请时间 申请日期 开单时间 开立时间 RequestTime OrderTime OrderedAt 申请日期时间 医嘱时间 下达时间 "
        "开嘱时间 RequestDateTime REQUESTED_AT"
    ),
    "": (
        "申请医师 申请医生 床号 备注 费用 主诉 现病史 执行时间 申请单状态 检查状态 打印时间 预约时间 "
        "身份证号 检查时间 报告时间 设备类型 急诊标志 申请医师工号"
    ),
}
ALERTS = {
    "accession_number": "检查号 影像号 AccessionNumber 检查编号 放射号",
    "content": (
        "危急值内容 危急值 危急值描述 危急值项目 危急值结果 危急征象 CriticalFinding CriticalValue "
        "AlertContent 危急值名称 影像危急值内容 CRITICAL_CONTENT 危急值诊断"
    ),
    "found_at": "发现时间 危急值发现时间 检出时间 FoundAt DetectedTime 识别时间 危急值时间 发现日期",
    "notified_at": (
        "通知时间 危急值通知时间 上报时间 报告时间 电话通知时间 NotifiedAt NotifyTime 危急值报告时间 告知时间"
    ),
    "notified_by": "通知人 通知医师 上报人 NotifiedBy 危急值报告人 通知人员 Notifier 电话通知人 通知技师",
    "receiving_department": "接收科室 接报科室 通知科室 申请科室 ReceivingDept 临床科室 被通知科室 病区",
    "received_by": "接收人 接报人 接听人 接电话人 被通知人 接收医师 接收护士 ReceivedBy Recipient 接收人签名",
    "patient_name": "姓名 患者姓名",
    "patient_id": "受检者ID 住院号",
    "": "备注 性别 年龄 床号 处理措施 处理时间 处理结果 随访 危急值等级 检查时间 检查项目 设备类型 诊断结论",
}


def pairs(table):
    return [(header, field) for field, headers in table.items() for header in headers.split()]


@pytest.mark.parametrize(("header", "field"), pairs(REQUESTS))
def test_header_of_a_request_export_names_its_field(header, field):
    assert meaning(header, "requests") == field


@pytest.mark.parametrize(("header", "field"), pairs(ALERTS))
def test_header_of_an_alert_register_names_its_field(header, field):
    assert meaning(header, "alerts") == field


def test_missing_columns_of_papers_are_named_by_their_labels():
    assert missing([], "requests") == ["检查号", "申请单号或检查目的或申请项目或申请时间"]
    assert missing(["content"], "alerts") == ["检查号"]
