"""Chinese labels of the fields a column may hold, per kind of file, and the required fields."""

LABELS = {
    "accession_number": "检查号",
    "patient_id": "受检者ID",
    "patient_name": "姓名",
    "sex": "性别",
    "age": "年龄",
    "birth_on": "出生日期",
    "patient_class": "患者来源",
    "requesting_department": "科别（申请科室）",
    "clinical_diagnosis": "临床诊断",
    "surgical_history": "手术史",
    "examination_name": "检查名称",
    "modality": "设备类型（检查种类）",
    "body_part": "检查部位",
    "examined_at": "检查时间",
    "technique": "技术参数",
    "findings": "影像描述",
    "impression": "诊断结论",
    "report_text": "描述与结论合在一列",
    "reporting_physician": "报告医师",
    "reviewing_physician": "审核医师",
    "signed_by": "签发医师",
    "signature_method": "签名方式",
    "signed_at": "签名时间",
    "last_modified_by": "末次修改医师",
    "last_modified_at": "末次修改时间",
    "modification_kind": "修改性质",
    "operator": "操作技师",
    "reported_at": "报告时间",
    "report_status": "报告状态",
    "institution_name": "机构名称",
    "report_title": "报告标题",
    "age_unit": "年龄单位",
}

OUTCOME_LABELS = {
    "accession_number": "检查号",
    "patient_id": "受检者ID",
    "patient_name": "姓名",
    "examined_on": "检查日期",
    "kind": "结局来源",
    "observed_on": "结局日期",
    "text": "结局内容",
    "recorded_by": "登记人",
}

REQUEST_LABELS = {
    "request_number": "申请单号",
    "accession_number": "检查号",
    "patient_id": "受检者ID",
    "patient_name": "姓名",
    "sex": "性别",
    "age": "年龄",
    "birth_on": "出生日期",
    "requesting_department": "申请科室",
    "clinical_diagnosis": "临床诊断",
    "clinical_question": "检查目的",
    "surgical_history": "手术史",
    "requested_examination": "申请项目",
    "requested_at": "申请时间",
    "age_unit": "年龄单位",
}

ALERT_LABELS = {
    "accession_number": "检查号",
    "content": "危急值内容",
    "found_at": "发现时间",
    "notified_at": "通知时间",
    "notified_by": "通知人",
    "receiving_department": "接收科室",
    "received_by": "接收人",
    "patient_id": "受检者ID（不保存）",
    "patient_name": "姓名（不保存）",
}

LABELS_OF = {
    "reports": LABELS,
    "outcomes": OUTCOME_LABELS,
    "requests": REQUEST_LABELS,
    "alerts": ALERT_LABELS,
}

# A file needs at least one column of each group.
NEEDED = {
    "reports": (
        ("accession_number",),
        ("findings", "report_text"),
        ("impression", "report_text"),
        ("modality", "examination_name"),
        ("reported_at",),
    ),
    "outcomes": (("accession_number", "patient_id"), ("kind",), ("observed_on",), ("text",)),
    "requests": (
        ("accession_number",),
        ("request_number", "clinical_question", "requested_examination", "requested_at"),
    ),
    "alerts": (("accession_number",), ("content",)),
}
# Example column names in the message about a file without a header.
EXPECTED = {
    "reports": "检查号、影像描述、诊断结论、报告时间",
    "outcomes": "检查号（或受检者ID）、结局来源、结局日期、结局内容",
    "requests": "检查号、申请单号、检查目的、申请项目、申请时间",
    "alerts": "检查号、危急值内容、发现时间、通知时间",
}
