"""with_staffing(): the sample packet with its section 人员资质."""

from dataclasses import replace

from scoring.content import parts
from scoring.content.document import PacketDocument
from tests.exports.sample import sample_document

EXCEPTIONS = (
    parts.StaffException(
        "CT25070200024",
        "signer",
        "签发医师",
        "阎测川(D021)",
        "2025-07-02",
        "4.4",
        "未通过第一阶段规培，也无视同通过的认定。",
        "不合资质",
    ),
    parts.StaffException(
        "DR25081500031",
        "operator",
        "操作技师",
        "华工测",
        "2025-08-15",
        "4.3 a)、4.3 b)",
        "操作技师不在人员登记表中。",
        "无法确认",
    ),
)


def staffing(**changed) -> parts.Staffing:
    """164 reports of the quarter, two with an exception, one unsigned."""
    found = parts.Staffing(
        people=40,
        reports=164,
        on="2025-10-20",
        with_exception=2,
        signers=1,
        operators=1,
        by_reason=(
            parts.ReasonCount("4.3a/training-missing", "4.3 a) 无放射防护培训", 1),
            parts.ReasonCount("4.3b/equipment-training", "4.3 b) 无设备操作培训", 1),
            parts.ReasonCount("4.4/residency-stage-one", "4.4 第一阶段规培", 1),
        ),
        exceptions=EXCEPTIONS,
        left_out=0,
        signature_faults=(
            parts.SignatureFault(
                "CT25090100011", "4.5 未签名", "签名方式为“打印”，不是手写签名或经认证的电子签名。"
            ),
        ),
        signature_left_out=0,
        requirements=(
            parts.RequirementLine("放射防护培训", "4.3 a)", 12, 2, 1, 1, 0, 0),
            parts.RequirementLine("第一阶段住院医师规范化培训", "4.4", 22, 0, 0, 1, 1, 0),
        ),
        notes=("“无法确认”指人员登记表中没有可供判断的记录，不等于没有资质。",),
    )
    return replace(found, **changed)


def with_staffing(status: str = "signed", states=None, **changed) -> PacketDocument:
    return replace(sample_document(status=status, states=states), staffing=staffing(**changed))
