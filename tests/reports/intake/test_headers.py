"""Headers as vendors write them: each is recognised by its meaning, and what looks alike is left alone."""

import pytest

from reports.intake.headers import meaning, missing, normal

REPORTS = {
    "accession_number": (
        "检查号 检查编号 影像号 影像检查号 放射号 AccessionNumber Accession_No AccNo "
        "检查流水号 放射科检查号 检查ID StudyID RIS编号 RIS检查号 检查单编号 申请检查号 "
        "X线号 CT号 影像学检查号 检查序号 检查唯一标识 检查申请号 影像编码 报告单编号 "
        "AccessionNum ACCESSION ExamNo 检查号码"
    ),
    "patient_id": (
        "受检者ID 患者ID 病人ID 患者编号 病人编号 登记号 病历号 病案号 住院号 门诊号 "
        "PatientID Patient_ID MRN PatientNo 门诊号/住院号 住院/门诊号 患者唯一号 就诊卡号 "
        "诊疗号 ID号 病员号 病人号 患者标识 门诊/住院号 受检者编号 受检者号 患者主索引 "
        "影像患者ID"
    ),
    "patient_name": "姓名 患者姓名 病人姓名 受检者姓名 PatientName Name 名字 受检人姓名 病员姓名 患者",
    "sex": "性别 患者性别 Sex Gender PatientSex 病人性别",
    "age": "年龄 患者年龄 年龄(岁) Age PatientAge 检查年龄 就诊年龄 病人年龄 年纪",
    "birth_on": ("出生日期 生日 BirthDate DOB Birthday 出生年月日 PatientBirthDate 患者出生日期 出生年月"),
    "patient_class": (
        "患者来源 病人来源 就诊类型 就诊类别 来源 患者类型 病人类型 PatientType PatientClass "
        "检查来源 门诊/住院 就诊来源 患者类别 受检者来源"
    ),
    "requesting_department": (
        "科别 申请科室 开单科室 送检科室 就诊科室 临床科室 RequestingDepartment 申请部门 "
        "ReferringDept 申请科室名称 开单科室名称 送检科别 科室 患者科室 Dept"
    ),
    "clinical_diagnosis": (
        "临床诊断 临床印象 申请诊断 临床初诊 ClinicalDiagnosis 临床初步诊断 门诊诊断 "
        "入院诊断 临床拟诊 送检诊断 ClinicalDx"
    ),
    "surgical_history": "手术史 既往手术史 既往手术 SurgicalHistory 外科手术史 手术既往史",
    "examination_name": (
        "检查名称 检查项目 项目名称 ExamName ExaminationName StudyDescription ProcedureName "
        "检查项目名称 检查部位及方法 影像检查项目 医嘱名称 检查医嘱 Procedure"
    ),
    "modality": (
        "设备类型 检查类型 检查种类 设备 Modality 检查类别 影像类型 检查设备 设备类别 "
        "机器类型 检查方式 ExamType 影像设备类型"
    ),
    "body_part": "检查部位 部位 BodyPart BodyPartExamined 扫描部位 部位名称 检查身体部位",
    "examined_at": (
        "检查时间 检查日期 检查日期时间 ExamDateTime ExamTime StudyDateTime 检查完成时间 "
        "拍片时间 扫描时间 摄片时间 StudyDate StudyTime 检查开始时间 ExaminationTime "
        "ExaminedAt 检查执行时间 上机时间 检查时间点"
    ),
    "technique": (
        "技术参数 检查技术 检查方法 扫描方法 扫描技术 Technique ScanProtocol 成像技术 "
        "扫描参数 检查方法与技术 扫描方式 检查参数 技术"
    ),
    "findings": (
        "影像描述 影像所见 检查所见 所见 影像表现 影像学表现 影像学所见 Findings 描述 "
        "检查描述 放射学所见 报告描述 诊断描述 报告所见 ReportFindings ImagingFindings "
        "影像学描述 检查表现 影像征象"
    ),
    "impression": (
        "诊断结论 诊断意见 检查结论 影像诊断 印象 结论 诊断 Impression Conclusion 诊断印象 "
        "影像学诊断 诊断结果 放射学诊断 影像结论 报告结论 影像意见 Diagnosis 影像学意见 "
        "检查意见 影像学印象"
    ),
    "reporting_physician": (
        "报告医师 报告医生 书写医师 报告人 书写医生 诊断医师 诊断医生 ReportingPhysician "
        "ReportingDoctor Radiologist ReportBy ReportedBy 撰写医师 一线医师 报告书写医师 "
        "报告者 初诊医生 初写医师 报告医师姓名 Reporter"
    ),
    "reviewing_physician": (
        "审核医师 审核医生 审核人 复核医师 审阅医师 ReviewingPhysician Reviewer VerifiedBy "
        "ApprovedBy 审核者 二线医师 上级医师 审核医师姓名 审签医师 复审医生 ReviewedBy "
        "VerifyingPhysician AuditDoctor"
    ),
    "signed_by": (
        "签发医师 签发医生 签发人 签名医师 SignedBy Signer 签字医师 签名人 签名医生 "
        "SigningPhysician 签发者 发布医师"
    ),
    "signature_method": (
        "签名方式 签名类型 签章方式 SignatureMethod SignatureType 签字方式 电子签名方式 签署方式"
    ),
    "signed_at": (
        "签名时间 签发时间 审核时间 SignedAt SignTime SignatureTime 签发日期 电子签名时间 "
        "审核日期 ApprovedAt VerifiedTime 签字时间 审核完成时间 复核时间 发布时间 SignedTime "
        "SignedDate"
    ),
    "last_modified_by": (
        "末次修改医师 最后修改人 修改人 修改医师 LastModifiedBy ModifiedBy 末次修改人 "
        "最后修改医生 最近修改人 最后修改者 修改者"
    ),
    "last_modified_at": (
        "末次修改时间 最后修改时间 修改时间 LastModifiedAt ModifiedTime 最后更新时间 "
        "LastModified 最近修改时间 修改日期 LastModifiedTime"
    ),
    "modification_kind": (
        "修改性质 修改类型 修改类别 ModificationType 修改原因 ModificationKind 变更类型 修订性质"
    ),
    "operator": (
        "操作技师 检查技师 技师 操作者 摄片技师 Technologist Operator Technician "
        "Radiographer 扫描技师 操作人员 设备操作人员 检查技术员 技术员 操作技术员 投照技师"
    ),
    "reported_at": (
        "报告时间 报告日期 报告完成时间 出报告时间 ReportTime ReportDate ReportDateTime "
        "ReportedAt 书写时间 报告书写时间 报告生成时间 报告出具时间 诊断时间 报告提交时间 "
        "ReportingTime 报告日期时间 完成时间 报告完成日期"
    ),
    "report_status": "报告状态 状态 审核状态 ReportStatus Status 报告单状态",
    "institution_name": (
        "机构名称 医院名称 医院 医疗机构 Institution Hospital 医疗机构名称 HospitalName "
        "检查医院 InstitutionName 院名"
    ),
    "report_title": "报告标题 标题 ReportTitle 报告名称 报告抬头",
}
OUTCOMES = {
    "accession_number": "检查号 影像号 AccessionNumber",
    "patient_id": "受检者ID 患者ID 住院号 病案号",
    "patient_name": "姓名 患者姓名",
    "examined_on": "检查日期 检查时间 影像检查日期 ExamDate StudyDate",
    "kind": (
        "结局来源 结局类型 随访方式 随访类型 结果来源 证据来源 OutcomeType 类型 来源 "
        "金标准类型 随访途径 结局种类"
    ),
    "observed_on": (
        "结局日期 随访日期 手术日期 病理日期 OutcomeDate 随访时间 结果日期 病理报告日期 手术时间 日期"
    ),
    "text": (
        "结局内容 随访结果 病理诊断 手术所见 病理结果 Outcome OutcomeText 结局 随访内容 "
        "最终诊断 结果 手术结果 随访结局 结局描述"
    ),
    "recorded_by": "登记人 随访人 记录人 随访员 RecordedBy 录入人 随访医师 登记者",
}
OTHER_THINGS = (
    "申请医师 申请医生 申请时间 登记时间 打印时间 床号 检查费 胶片数 设备编号 检查室 "
    "报告医师工号 检查目的 主诉 病史 过敏史 阳性 急诊标志 报告打印时间 年龄段 危急值 预约时间 "
    "到检时间 申请单号 医嘱号 序号 备注 曝光量 DLP 身份证号 联系电话 随访 影像质量 是否阳性 "
    "报告次数 工作量 报告份数 审核意见 报告用时 图像数 序列数 收费 检查申请医师 报告质量 "
    "检查状态 增强"
)
OTHER_THINGS_OF_OUTCOMES = (
    "序号 备注 手术医师 病理号 病理医师 报告结论 诊断结论 性别 年龄 手术名称 联系电话 影像诊断 "
    "符合情况 检查名称"
)


def pairs(table):
    return [(header, field) for field, headers in table.items() for header in headers.split()]


@pytest.mark.parametrize(("header", "field"), pairs(REPORTS))
def test_header_of_a_report_export_names_its_field(header, field):
    assert meaning(header, "reports") == field


@pytest.mark.parametrize(("header", "field"), pairs(OUTCOMES))
def test_header_of_an_outcome_register_names_its_field(header, field):
    assert meaning(header, "outcomes") == field


@pytest.mark.parametrize("header", OTHER_THINGS.split())
def test_header_of_something_else_names_no_field(header):
    assert meaning(header, "reports") == ""


@pytest.mark.parametrize("header", OTHER_THINGS_OF_OUTCOMES.split())
def test_header_of_something_else_in_a_register_names_no_field(header):
    assert meaning(header, "outcomes") == ""


@pytest.mark.parametrize(
    "written",
    [
        "检查号",
        " 检 查 号 ",
        "检查号：",
        "*检查号",
        "【检查号】",
        "检查号（必填）",
        "检\n查\n号",
        "检查号 [文本]",
        "检查_号",
    ],
)
def test_spaces_marks_and_units_do_not_matter(written):
    assert normal(written) == "检查号"


@pytest.mark.parametrize(
    ("header", "fields"),
    [
        ("姓名/性别/年龄", "patient_name+sex+age"),
        ("报告医师、审核医师", "reporting_physician+reviewing_physician"),
        ("检查日期/时间", "examined_at"),
        ("检查部位及方法", "examination_name"),
        ("性别与年龄", "sex+age"),
        ("姓名/备注", ""),
    ],
)
def test_combined_header_names_all_its_fields_or_none(header, fields):
    assert meaning(header, "reports") == fields


def test_missing_columns_are_named_by_their_labels():
    assert missing(["accession_number", "report_text", "examination_name"], "reports") == ["报告时间"]
    assert missing([], "outcomes") == ["检查号或受检者ID", "结局来源", "结局日期", "结局内容"]


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("影像检查流水号", "accession_number"),
        ("RIS检查号", "accession_number"),
        ("ReportText_Findings", "findings"),
        ("EXAM_FINDINGS_TXT", "findings"),
        ("RPT_CONCLUSION", "impression"),
        ("影像诊断意见文本", "impression"),
        ("检查申请科室", "requesting_department"),
        ("检查技师姓名", "operator"),
        ("本次检查部位", "body_part"),
    ],
)
def test_header_with_words_that_only_say_whose_it_is_still_means_its_field(header, field):
    assert meaning(header, "reports") == field


@pytest.mark.parametrize(
    "header",
    ["影像科编号", "DOC_NAME", "报告打印时间", "检查登记时间", "检查预约时间", "会诊医师", "申请单号"],
)
def test_header_of_something_else_is_not_shortened_into_a_field(header):
    assert meaning(header, "reports") == ""
