"""What a pool or a sample covers: five systems, three modalities (D-22). A gap is a note, never a bar."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from audits.sampling.domain.frozen_list import Entry
from audits.sampling.domain.pool import Pool
from audits.sampling.domain.strata import (
    FIVE_SYSTEMS,
    MODALITIES,
    SAMPLE_SIZE,
    SYSTEM_ZH,
    SYSTEMS,
    TARGET_PER_SYSTEM,
)


@dataclass(frozen=True)
class PoolRow:
    """One system. `counts` in the order of MODALITIES, zeros included; `patients`: distinct."""

    system: str
    system_zh: str
    counts: tuple[int, ...]
    total: int
    patients: int


@dataclass(frozen=True)
class PoolTable:
    """System × modality. `totals` in the order of MODALITIES; `gaps`: Chinese sentences."""

    rows: tuple[PoolRow, ...]
    totals: tuple[int, ...]
    total: int
    patients: int
    gaps: tuple[str, ...]


def pool_table(pool: Pool) -> PoolTable:
    """Counts of the eligible by system and modality, and what is missing for coverage."""
    cells = Counter((entry.system, entry.modality) for entry in pool.entries)
    rows = []
    for system in SYSTEMS:
        counts = tuple(cells[system, modality] for modality in MODALITIES)
        patients = {entry.patient_key for entry in pool.entries if entry.system == system}
        rows.append(PoolRow(system, SYSTEM_ZH[system], counts, sum(counts), len(patients)))
    totals = tuple(sum(row.counts[place] for row in rows) for place in range(len(MODALITIES)))
    patients = {entry.patient_key for entry in pool.entries}
    return PoolTable(
        tuple(rows), totals, len(pool.entries), len(patients), _pool_gaps(rows, totals, len(patients))
    )


def _pool_gaps(rows: Iterable[PoolRow], totals: tuple[int, ...], patients: int) -> tuple[str, ...]:
    gaps = []
    for row in rows:
        if row.system in FIVE_SYSTEMS and row.patients == 0:
            gaps.append(f"{row.system_zh}没有合格报告，抽样将覆盖不足。")
        elif row.system in FIVE_SYSTEMS and row.patients < TARGET_PER_SYSTEM:
            gaps.append(f"{row.system_zh}只有{row.patients}名受检者的合格报告，目标为{TARGET_PER_SYSTEM}份。")
    for modality, total in zip(MODALITIES, totals, strict=True):
        if total == 0:
            gaps.append(f"没有{modality}的合格报告，抽样将覆盖不足。")
    if patients < SAMPLE_SIZE:
        gaps.append(
            f"合格报告只涉及{patients}名受检者，不足{SAMPLE_SIZE}例，不能得出合格与否的结论；"
            "请补录结局，或写明理由后延长抽样窗口。"
        )
    return tuple(gaps)


def sample_gaps(
    sample: Collection[Entry], pool_modalities: Collection[str], size: int = SAMPLE_SIZE
) -> tuple[str, ...]:
    """What a sample does not cover, as Chinese sentences. A modality that the pool lacks too is marked so."""
    gaps = []
    systems = Counter(entry.system for entry in sample)
    target = min(TARGET_PER_SYSTEM, size // len(FIVE_SYSTEMS))
    for system in FIVE_SYSTEMS:
        if systems[system] < target:
            gaps.append(f"{SYSTEM_ZH[system]}抽到{systems[system]}份，目标{target}份：覆盖不足。")
    present = {entry.modality for entry in sample}
    for modality in MODALITIES:
        if modality not in present:
            why = "名单中有，但无法在同一系统内调换" if modality in pool_modalities else "名单中没有"
            gaps.append(f"抽样中没有{modality}（{why}）：覆盖不足。")
    if len(sample) < size:
        gaps.append(f"只抽到{len(sample)}份，不足{size}份：不能得出合格与否的结论。")
    return tuple(gaps)
