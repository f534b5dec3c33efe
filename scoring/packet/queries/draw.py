"""The draw as a packet prints it: seed, frozen list, ledger, steps, and the document that repeats it."""

from audits.sampling.models import Audit
from audits.sampling.queries.pool import sample_of
from reports.fields import System
from scoring.content import parts
from scoring.packet.queries.cases import Masks
from scoring.sheets.queries.stamps import stamp


def draw_part(audit: Audit) -> parts.Draw | None:
    """None while nothing was drawn. The steps come of drawing again from the stored list and seed."""
    if audit.drawn_at is None:
        return None
    drawn = sample_of(audit).draw
    ledger = audit.ledger
    excluded = (f"{row['accession_number']}：{row['zh']}" for row in ledger.get("notes", ()))
    notes = (*drawn.notes, *excluded)
    return parts.Draw(
        seed=audit.seed,
        list_hash=audit.pool_hash,
        size=drawn.size,
        pool_size=audit.pool_size,
        looked_at=ledger["total"],
        drawn_by=str(audit.drawn_by or "命令行"),
        drawn_at=stamp(audit.drawn_at),
        ledger=tuple(parts.LedgerCount(row["code"], row["zh"], row["count"]) for row in ledger["by_reason"]),
        excluded=tuple(_excluded(row) for row in ledger["rows"]),
        steps=tuple(
            f"{step.kind.zh}：{step.accession_number}"
            + (f"，换下 {step.replaces}" if step.replaces else "")
            + (f"（{step.reason_zh}）" if step.reason_zh else "")
            for step in drawn.steps
        ),
        notes=notes,
        reserve=tuple(entry.accession_number for entry in drawn.reserve),
        document=audit.draw,
    )


def allowed_part(audit: Audit, masks: Masks) -> tuple[parts.AllowedReader, ...] | None:
    """Readers whom the head allowed although they may see outcomes; None where there is nobody. One query."""
    rows = audit.reader_permissions.select_related("reader", "allowed_by")
    return (
        tuple(
            parts.AllowedReader(
                str(row.reader), masks.text(row.reason), str(row.allowed_by), stamp(row.allowed_at)
            )
            for row in rows
        )
        or None
    )


def _excluded(row: dict[str, str]) -> parts.LedgerRow:
    system = dict(System.choices).get(row["system"], row["system"])
    return parts.LedgerRow(row["accession_number"], str(system), row["modality"], row["zh"])
