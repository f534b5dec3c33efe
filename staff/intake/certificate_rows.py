"""Rows that contain one certificate or training, named in a text column."""

import re
from dataclasses import replace

from staff.intake import cells, words
from staff.intake.certificates import Subject, proves_nothing, subject
from staff.intake.row_fields import NO_DAY, RowFields, RowIgnored, RowRefused, digits
from staff.intake.values import IncomingRecord


def certificate(row: RowFields) -> tuple[IncomingRecord, ...]:
    """The record of a row that names its certificate in a text column."""
    given = row.text("record_type") or row.table.certificate
    if proves_nothing(given):
        raise RowIgnored("record_type", f"“{given}”不是4.3、4.4要求的资质或培训记录，未导入。")
    about, on = subject(given), row.take("trained_on", cells.day)
    status = _status(row)
    if about and status == "failed" and on is None:
        raise RowIgnored("record_type", f"“{given}”为“{row.text('status') or '未通过'}”且没有日期，未导入。")
    base = IncomingRecord(
        about.type if about else _other_type(row, given),
        number=row.take("number", digits) or "",
        issuer=row.text("issuer") or row.text("organiser"),
        issued_on=on,
        valid_until=row.until("valid_until", on),
        result=status or "passed",
    )
    if about is None:
        named, _ = words.modalities(row.text("modalities"))
        modality = named[0] if named else ""
        return (replace(base, modality=modality, device_model=row.text("device_model")),)
    return _of_subject(row, about, given, base)


def _of_subject(
    row: RowFields, about: Subject, given: str, base: IncomingRecord
) -> tuple[IncomingRecord, ...]:
    remark = row.text("remark")
    if about.type == "practice_licence":
        noted = re.search(r"(?:执业|注册)(?:范围|专业)[:：]?\s*([^；;。)）]+)", f"{given}；{remark}")
        scope = row.text("practice_scope") or (noted[1].strip() if noted else "")
        return (replace(base, practice_scope=scope, practice_category=row.text("practice_category")),)
    if about.type == "residency_stage_one":
        deemed = base.result == "deemed"
        basis = row.text("basis") or (remark if deemed else "")
        return (replace(base, basis=basis, basis_approver=row.text("basis_approver")),)
    if about.type == "physician_certificate":
        return (base,)
    if base.issued_on is None:
        raise RowRefused("trained_on", NO_DAY)
    if about.type == "equipment_training":
        return equipment(row, base, about.modalities)
    line = "ecology" if about.type == "ecology_training" else words.organiser(base.issuer, given)
    return (replace(base, type="radiation_training", organiser=line, course_name=given),)


def _status(row: RowFields) -> str:
    """The certificate's state: in force and passed are the same, 视同 may replace a number."""
    given = row.text("status") or row.text("result") or row.text("radiation_result")
    if re.search("过期|到期|失效", given):
        if not row.text("valid_until"):
            raise RowRefused("status", f"证书为“{given}”，没有有效期，无法判断检查当日是否有效。")
        return "passed"
    field = "status" if row.text("status") else "result"
    status = row.take(field, lambda _: words.result(given)) or ""
    return "deemed" if "视同" in row.text("number") else status


def _other_type(row: RowFields, given: str) -> str:
    code = next((c for name, c in row.types.items() if given and (given in name or name in given)), "")
    if not code:
        known = "、".join(row.types)
        raise RowRefused("record_type", f"资质类别“{given or '空'}”不认识，应为以下之一：{known}。")
    return code


def equipment(
    row: RowFields, base: IncomingRecord, named: tuple[str, ...] = ()
) -> tuple[IncomingRecord, ...]:
    """A record for each kind of equipment, `named` or else that of the row's columns."""
    given, model = row.text("modalities"), row.text("device_model")
    of_column, strange = words.modalities(given or model)
    named = named or of_column or words.modalities(model)[0]
    if not named:
        found = "、".join(strange) or "空"
        raise RowRefused("modalities", f"设备类别为“{found}”，应为DR、CT或MRI。")
    trainer = row.text("trainer")
    return tuple(
        replace(base, type="equipment_training", modality=m, device_model=model, trainer=trainer)
        for m in named
    )
