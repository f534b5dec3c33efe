"""The sample packet let out unmasked: every star of its reports put back as a character of a name's."""

import json
from typing import Any

from exporting.masking import STAR
from scoring.content.codec import to_plain
from scoring.content.document import PacketDocument
from scoring.content.unmasked import put_back
from scoring.content.unmasked_parts import IdentityLine, Unmasked
from tests.exports.sealed import sealed_document

BACK = "鹳"  # stands in no other text of the sample
REASON = "依据检查通知第7号，现场核对病历原件与报告是否一致"


def unstarred(value: Any) -> Any:
    """What the masked cases might have been."""
    if isinstance(value, str):
        return value.replace(STAR, BACK)
    if isinstance(value, list):
        return [unstarred(part) for part in value]
    return {name: unstarred(part) for name, part in value.items()} if isinstance(value, dict) else value


def unmasked_document(signed: PacketDocument | None = None, **given: Any) -> PacketDocument:
    """`given`: words of the approval said otherwise."""
    signed = signed or sealed_document()
    raw = json.loads(signed.canonical())
    found, restored, left = put_back(raw, unstarred(raw["cases"]))
    identities = tuple(
        IdentityLine(
            case["position"], case["report"]["accession_number"], case["report"]["patient_name"], f"P{i:04}"
        )
        for i, case in enumerate(found["cases"])
    )
    facts = {
        "approval": 5,
        "receiver": "检查甲（inspector）",
        "reason": REASON,
        "asked_by": "测一鸣（officer）",
        "asked_at": "2025-10-21 09:10",
        "approved_by": "任主任（head）",
        "approved_at": "2025-10-21 15:30",
        "approval_note": "理由与检查通知一致，同意",
        "until": "2025-11-04",
    }
    part = Unmasked(
        **facts | given,
        masked_hash=signed.content_hash(),
        left=left,
        identities=identities,
        restored=restored,
    )
    found["unmasked"] = to_plain(part, signed.schema_number)
    return PacketDocument.from_dict(json.loads(json.dumps(found)))
