"""Chinese labels of the fields that a column of a register may hold, in the order of a choice list."""

_OF_TRAININGS = {
    "on": "日期",
    "number": "证号",
    "result": "结果",
    "host": "主办单位",
    "until": "有效期至",
}
_LINES = {"radiation": "放射防护培训", "ecology": "辐射安全考核（生态环境）"}
_DEVICES = {"": "设备操作培训", ":DR": "DR操作培训", ":CT": "CT操作培训", ":MRI": "MRI操作培训"}
LABELS: dict[str, str] = {
    "staff_number": "工号",
    "full_name": "姓名",
    "person_kind": "人员类别（岗位）",
    "title": "职称",
    "group": "专业组",
    "modalities": "操作设备类别",
    "entered_on": "入职日期",
    "left_on": "离职日期",
    "certificate_number": "医师资格证书编号",
    "licence_number": "医师执业证书编号",
    "practice_category": "执业类别",
    "practice_scope": "执业范围",
    "residency": "第一阶段规培",
    "residency_on": "规培通过日期",
    "residency_number": "规培证书编号",
    "basis": "视同通过依据",
    "basis_approver": "认定人",
    **{
        f"{line}_{name}": f"{label}{word}"
        for line, label in _LINES.items()
        for name, word in _OF_TRAININGS.items()
    },
    **{
        f"equipment_{name}{device}": f"{label}{_OF_TRAININGS[name]}"
        for device, label in _DEVICES.items()
        for name in ("on", "number", "result")
    },
    "record_type": "资质类别",
    "number": "证书编号",
    "trained_on": "培训日期（发证日期）",
    "valid_until": "有效期至",
    "result": "考核结果",
    "status": "证书状态",
    "course": "培训类别",
    "course_name": "培训名称",
    "organiser": "主办单位",
    "days": "培训天数",
    "device_model": "设备型号",
    "trainer": "带教人",
    "issuer": "发证机构",
    "remark": "备注",
}


def label_of(field: str) -> str:
    """The label of a field, also of one that names several devices: DR、CT操作培训日期."""
    name, _, devices = field.partition(":")
    if field in LABELS or not devices:
        return LABELS.get(field, field)
    return LABELS[name].replace("设备", devices.replace(":", "、"))
