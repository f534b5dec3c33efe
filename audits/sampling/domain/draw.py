"""The draw of ten: deterministic, and repeatable by anyone from the seed and the frozen list (DOMAIN 2).

Rank: reports in the order of SHA-256("{seed}:{accession number}") in hexadecimal. Then

1. at most one report per patient is in the sample, in every step;
2. in rounds (two for ten), each of the five systems gives its first-ranked report of a free patient; within a
   round the system with the fewest patients goes first (ties: order of the standard), so that a patient with
   reports in two systems does not cost the smaller one its only report;
3. up to ten from what is left of the five systems in rank order, then from `other`;
4. modality repair, DR, CT, MRI in turn: one in the list but not in the sample takes, within its system, the
   place of the last-ranked drawn report whose leaving loses no other modality; at most one swap each;
5. soft cap of three (in ten) per reporting physician: swaps within the system in rank order, last-ranked
   drawn report first, while one exists that breaks neither 1 nor the modalities present;
6. the remaining reports are the reserve: five systems in rank order, then `other` in rank order.

The sample is numbered by system in the order of the standard, by rank within a system.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from audits.labels import LabelledEnum
from audits.sampling.domain.coverage import sample_gaps
from audits.sampling.domain.frozen_list import Entry, freeze, list_hash
from audits.sampling.domain.strata import FIVE_SYSTEMS, MODALITIES, OTHER, SAMPLE_SIZE, SYSTEM_ZH, SYSTEMS

_UNFIT_SEED = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_HEX = re.compile(r"[0-9a-f]{32,}")


class StepKind(LabelledEnum):
    STRATUM = "stratum", "系统抽取"
    FILL = "fill", "五大系统补足"
    FILL_OTHER = "fill_other", "其他补足"
    MODALITY = "modality", "检查种类调换"
    PHYSICIAN = "physician", "报告医师调换"


@dataclass(frozen=True)
class Step:
    """One report entering the sample; `replaces` is the accession number that leaves for it, or ""."""

    kind: StepKind
    accession_number: str
    replaces: str
    reason_zh: str


@dataclass(frozen=True)
class Draw:
    """`drawn` in case order; `reserve` in fill order; `notes`: coverage gaps as Chinese sentences."""

    seed: str
    size: int
    list_hash: str
    entries: tuple[Entry, ...]
    drawn: tuple[Entry, ...]
    reserve: tuple[Entry, ...]
    steps: tuple[Step, ...]
    notes: tuple[str, ...]

    @property
    def insufficient(self) -> bool:
        """Fewer reports than requested: no verdict (D-07)."""
        return len(self.drawn) < self.size

    def reserve_of(self, system: str) -> tuple[Entry, ...]:
        """The unused reports of one system in rank order."""
        return tuple(entry for entry in self.reserve if entry.system == system)


def new_seed(audit_id: int | str, random_hex: str) -> str:
    """`{audit id}-{random}`, fixed before anyone looks at the pool. At least 128 random bits."""
    if not _HEX.fullmatch(random_hex):
        raise ValueError("随机数应为至少32位的小写十六进制数。")
    seed = f"{audit_id}-{random_hex}"
    check_seed(seed)
    return seed


def commitment_of(seed: str) -> str:
    """SHA-256 of the seed: published before the list is frozen, it proves that no other was taken later."""
    return hashlib.sha256(seed.encode()).hexdigest()


def check_seed(seed: str) -> None:
    """Raises ValueError for a seed that is empty or could not be retyped."""
    if not seed.strip() or _UNFIT_SEED.search(seed):
        raise ValueError("随机种子不得为空，也不得含换行、制表符等控制字符。")


def rank(entries: Iterable[Entry], seed: str) -> list[Entry]:
    """Entries by SHA-256("{seed}:{accession number}"): the same on every machine and Python version."""
    prefix = f"{seed}:"
    return sorted(entries, key=lambda e: (hashlib.sha256((prefix + e[0]).encode()).digest(), e[0]))


def draw(entries: Iterable[Entry], seed: str, size: int = SAMPLE_SIZE) -> Draw:
    """Draw `size` reports. Fewer eligible give a smaller draw, none an empty one: never an error.

    Raises ValueError for an unfit seed or size, UnfitListError for a list that cannot be frozen.
    """
    check_seed(seed)
    if isinstance(size, bool) or size < 1:
        raise ValueError(f"抽样份数应为不小于1的整数，收到“{size}”。")
    listed = freeze(entries)
    hand = _Hand(rank(listed, seed), size)
    _take_from_systems(hand)
    _fill_up(hand)
    _repair_modalities(hand)
    _cap_physicians(hand)
    drawn = tuple(hand.in_case_order())
    gaps = sample_gaps(drawn, {entry.modality for entry in listed}, size)
    over = sum(1 for count in hand.per_physician().values() if count > hand.cap)
    if over:
        gaps += (f"有{over}名报告医师被抽到超过{hand.cap}份，同系统内没有可调换的报告。",)
    return Draw(
        seed, size, list_hash(listed), listed, drawn, tuple(hand.fill_order()), tuple(hand.steps), gaps
    )


@dataclass
class _Hand:
    """The working state of one draw: the reports chosen, their patients, and the steps."""

    ranked: list[Entry]
    size: int
    steps: list[Step] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.drawn: dict[str, Entry] = {}
        self.by_patient: dict[str, Entry] = {}
        self.by_system: dict[str, list[Entry]] = {system: [] for system in SYSTEMS}
        for entry in self.ranked:
            self.by_system[entry.system].append(entry)
        self.rank_of = {entry.accession_number: place for place, entry in enumerate(self.ranked)}
        self.cap = -(-3 * self.size // SAMPLE_SIZE)  # three in ten, in proportion for other sizes

    def is_free(self, entry: Entry, leaving: Entry | None = None) -> bool:
        """Neither drawn nor of a patient in the sample, once `leaving` has left it."""
        holder = self.by_patient.get(entry.patient_key)
        return entry.accession_number not in self.drawn and (holder is None or holder is leaving)

    def take(self, kind: StepKind, entry: Entry, reason: str, leaving: Entry | None = None) -> None:
        if leaving is not None:
            del self.drawn[leaving.accession_number], self.by_patient[leaving.patient_key]
        self.drawn[entry.accession_number] = self.by_patient[entry.patient_key] = entry
        replaces = leaving.accession_number if leaving else ""
        self.steps.append(Step(kind, entry.accession_number, replaces, reason))

    def in_case_order(self) -> list[Entry]:
        return sorted(self.drawn.values(), key=lambda e: (SYSTEMS.index(e.system), self.rank_of[e[0]]))

    def last_ranked_first(self) -> list[Entry]:
        return sorted(self.drawn.values(), key=lambda e: self.rank_of[e[0]], reverse=True)

    def per_modality(self) -> Counter[str]:
        return Counter(entry.modality for entry in self.drawn.values())

    def per_physician(self) -> Counter[str]:
        # An unknown physician ("") is not one person: the cap does not apply.
        return Counter(e.reporting_physician for e in self.drawn.values() if e.reporting_physician)

    def fill_order(self) -> list[Entry]:
        """What is not drawn: the five systems in rank order, then `other`."""
        unused = [entry for entry in self.ranked if entry.accession_number not in self.drawn]
        return [e for e in unused if e.system != OTHER] + [e for e in unused if e.system == OTHER]


def _take_from_systems(hand: _Hand) -> None:
    patients = {s: len({entry.patient_key for entry in hand.by_system[s]}) for s in FIVE_SYSTEMS}
    scarcest_first = sorted(FIVE_SYSTEMS, key=lambda s: (patients[s], FIVE_SYSTEMS.index(s)))
    for turn in range(1, min(hand.size // len(FIVE_SYSTEMS), len(hand.ranked)) + 1):
        for system in scarcest_first:
            entry = next(filter(hand.is_free, hand.by_system[system]), None)
            if entry is not None:
                reason = f"{SYSTEM_ZH[system]}第{turn}份：按随机次序取第一份受检者未入选的报告"
                hand.take(StepKind.STRATUM, entry, reason)


def _fill_up(hand: _Hand) -> None:
    for entry in hand.fill_order():
        if len(hand.drawn) >= hand.size:
            return
        if not hand.is_free(entry):
            continue
        if entry.system == OTHER:
            hand.take(StepKind.FILL_OTHER, entry, "五大系统已无可抽，按随机次序从其他补足")
        else:
            hand.take(
                StepKind.FILL, entry, f"各系统已按份额抽取，按随机次序补足（{SYSTEM_ZH[entry.system]}）"
            )


def _repair_modalities(hand: _Hand) -> None:
    listed = {entry.modality for entry in hand.ranked}
    for modality in MODALITIES:
        if modality in listed and not hand.per_modality()[modality]:
            found = _modality_swap(hand, modality)
            if found:
                leaving, entry = found
                reason = f"名单中有{modality}而抽样中没有：在{SYSTEM_ZH[entry.system]}内调换末位一份"
                hand.take(StepKind.MODALITY, entry, reason, leaving)


def _modality_swap(hand: _Hand, modality: str) -> tuple[Entry, Entry] | None:
    present = hand.per_modality()
    for leaving in hand.last_ranked_first():
        if present[leaving.modality] < 2:
            continue
        for entry in hand.by_system[leaving.system]:
            if entry.modality == modality and hand.is_free(entry, leaving):
                return leaving, entry
    return None


def _cap_physicians(hand: _Hand) -> None:
    # Each swap takes one from a physician above the cap and gives none to one at or above it: the loop
    # needs at most as many turns as reports above the cap, and no error in a swap can make it endless.
    for _ in range(sum(max(0, count - hand.cap) for count in hand.per_physician().values())):
        found = _physician_swap(hand)
        if found is None:
            return
        leaving, entry = found
        reason = f"同一报告医师超过{hand.cap}份：在{SYSTEM_ZH[entry.system]}内按随机次序调换"
        hand.take(StepKind.PHYSICIAN, entry, reason, leaving)


def _physician_swap(hand: _Hand) -> tuple[Entry, Entry] | None:
    modalities, physicians = hand.per_modality(), hand.per_physician()
    for leaving in hand.last_ranked_first():
        if physicians[leaving.reporting_physician] <= hand.cap:
            continue
        for entry in hand.by_system[leaving.system]:
            keeps = entry.modality == leaving.modality or modalities[leaving.modality] > 1
            if keeps and physicians[entry.reporting_physician] < hand.cap and hand.is_free(entry, leaving):
                return leaving, entry
    return None
