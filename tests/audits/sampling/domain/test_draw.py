"""The ten: deterministic, one a patient, spread as DOMAIN 2 says, the same on every machine."""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audits.sampling.domain.draw import StepKind, check_seed, draw, new_seed, rank
from audits.sampling.domain.frozen_list import Entry, UnfitListError
from tests.audits.sampling.domain.draw_kit import FIVE, MODALITIES, entry, even_list
from tests.paths import ROOT

GOLDEN = sorted((ROOT / "tests/data/draw").glob("*.json"))
PYENV = Path.home() / ".pyenv/versions"

entries = st.lists(
    st.tuples(
        st.integers(0, 60).map(lambda n: f"A{n:02d}"),
        st.sampled_from((*FIVE, "other")),
        st.sampled_from(MODALITIES),
        st.integers(0, 30).map(lambda n: f"p{n}"),
        st.sampled_from(["", "d1", "d2", "d3", "d4", "d5"]),
    ).map(lambda row: Entry(*row)),
    unique_by=lambda row: row.accession_number,
    max_size=45,
)
seeds = st.text("abc0123456789-", min_size=1, max_size=12).filter(str.strip)


def numbers(rows) -> list[str]:
    return [row.accession_number for row in rows]


# --- golden ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_draw_golden_file_gives_the_same_ten(path):
    golden = json.loads(path.read_text(encoding="utf-8"))
    drawn = draw([Entry(*row) for row in golden["pool"]], golden["seed"])
    assert numbers(drawn.drawn) == golden["drawn"]
    assert numbers(drawn.reserve) == golden["reserve"]
    assert drawn.list_hash == golden["list_sha256"]
    assert [[s.kind.value, s.accession_number, s.replaces] for s in drawn.steps] == golden["steps"]
    assert list(drawn.notes) == golden["notes"]


SCRIPT = """
import json, sys
sys.path.insert(0, {root!r})
from audits.sampling.domain.draw import draw
from audits.sampling.domain.frozen_list import Entry
answer = []
for path in sys.argv[1:]:
    golden = json.load(open(path, encoding="utf-8"))
    drawn = draw([Entry(*row) for row in reversed(golden["pool"])], golden["seed"])
    answer.append([e.accession_number for e in drawn.drawn] + [drawn.list_hash])
print(json.dumps(answer))
"""


def in_another_process(python: str, hash_seed: str) -> list[list[str]]:
    answer = subprocess.run(
        [python, "-c", SCRIPT.format(root=str(ROOT)), *map(str, GOLDEN)],
        env={"PYTHONHASHSEED": hash_seed, "PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return json.loads(answer.stdout)


def expected() -> list[list[str]]:
    golden = [json.loads(path.read_text(encoding="utf-8")) for path in GOLDEN]
    return [[*one["drawn"], one["list_sha256"]] for one in golden]


@pytest.mark.parametrize("hash_seed", ["0", "1", "4242"])
def test_draw_fresh_process_other_hash_seed_gives_the_same_ten(hash_seed):
    assert in_another_process(sys.executable, hash_seed) == expected()


@pytest.mark.parametrize("version", ["3.12", "3.13"])
def test_draw_other_python_version_gives_the_same_ten(version):
    found = sorted(PYENV.glob(f"{version}.*/bin/python"))
    if not found:
        pytest.skip(f"Python {version} is not installed under pyenv")
    assert in_another_process(str(found[-1]), "7") == expected()


# --- properties -----------------------------------------------------------------------------------


@given(entries, seeds, st.randoms(use_true_random=False))
def test_draw_input_order_does_not_matter(rows, seed, chance):
    shuffled = list(rows)
    chance.shuffle(shuffled)
    assert draw(shuffled, seed) == draw(rows, seed)


@given(entries, seeds)
def test_draw_one_per_patient_and_nothing_lost(rows, seed):
    drawn = draw(rows, seed)
    patients = [row.patient_key for row in drawn.drawn]
    assert len(set(patients)) == len(patients)
    assert sorted([*drawn.drawn, *drawn.reserve]) == sorted(rows)
    assert len(drawn.drawn) <= 10


@given(entries, seeds)
def test_draw_fills_up_as_far_as_patients_go(rows, seed):
    drawn = draw(rows, seed)
    taken = {row.patient_key for row in drawn.drawn}
    left = [row for row in rows if row.patient_key not in taken]
    assert len(drawn.drawn) == 10 or not left
    assert drawn.insufficient is (len(drawn.drawn) < 10)


@given(entries, seeds)
def test_draw_other_only_fills_up(rows, seed):
    drawn = draw(rows, seed)
    if any(row.system == "other" for row in drawn.drawn):
        taken = {row.patient_key for row in drawn.drawn if row.system != "other"}
        free = [r for r in rows if r.system != "other" and r.patient_key not in taken]
        holders = {r.patient_key for r in drawn.drawn if r.system == "other"}
        assert all(r.patient_key in holders for r in free)


@given(st.integers(2, 6), st.integers(2, 6), seeds)
def test_draw_five_systems_each_have_two_when_available(per_system, more, seed):
    rows = even_list(per_system) + [entry(f"x{n}", "nervous") for n in range(more)]
    systems = Counter(row.system for row in draw(rows, seed).drawn)
    assert systems == dict.fromkeys(FIVE, 2)


@given(entries, seeds)
def test_draw_modality_repair_never_loses_one(rows, seed):
    drawn = draw(rows, seed)
    modality = {row.accession_number: row.modality for row in rows}
    present: Counter[str] = Counter()
    for step in drawn.steps:
        if step.replaces:
            had = {m for m, count in present.items() if count}
            present[modality[step.replaces]] -= 1
            present[modality[step.accession_number]] += 1
            assert had <= {m for m, count in present.items() if count}
        else:
            present[modality[step.accession_number]] += 1


@given(entries, seeds)
def test_draw_swaps_stay_within_their_system(rows, seed):
    system = {row.accession_number: row.system for row in rows}
    swaps = [step for step in draw(rows, seed).steps if step.replaces]
    assert all(system[step.accession_number] == system[step.replaces] for step in swaps)
    assert Counter(step.kind for step in swaps)[StepKind.MODALITY] <= 3


@given(entries, seeds)
def test_draw_soft_cap_broken_only_when_no_swap_is_left(rows, seed):
    drawn = draw(rows, seed)
    counts = Counter(row.reporting_physician for row in drawn.drawn if row.reporting_physician)
    modalities = Counter(row.modality for row in drawn.drawn)
    patients = {row.patient_key: row for row in drawn.drawn}
    for leaving in drawn.drawn:
        if counts[leaving.reporting_physician] <= 3:
            continue
        for row in drawn.reserve_of(leaving.system):
            holder = patients.get(row.patient_key)
            allowed = (
                (holder is None or holder == leaving)
                and counts[row.reporting_physician] < 3
                and (row.modality == leaving.modality or modalities[leaving.modality] > 1)
            )
            assert not allowed


@given(entries, seeds)
def test_draw_reserve_five_systems_first_each_in_rank_order(rows, seed):
    drawn = draw(rows, seed)
    order = {row: place for place, row in enumerate(rank(rows, seed))}
    keys = [(row.system == "other", order[row]) for row in drawn.reserve]
    assert keys == sorted(keys)


@settings(max_examples=30)
@given(entries, seeds, st.integers(1, 30))
def test_draw_other_sizes_hold_the_same_rules(rows, seed, size):
    drawn = draw(rows, seed, size)
    assert len(drawn.drawn) <= size
    assert len({row.patient_key for row in drawn.drawn}) == len(drawn.drawn)


# --- single cases ---------------------------------------------------------------------------------


def test_draw_missing_modality_is_swapped_in_and_told():
    rows = [entry(f"{s[:2]}{n}", s, "CT") for s in FIVE for n in range(4)]
    rows += [entry("mri", "nervous", "MRI")]
    for seed in ("s1", "s2", "s3", "s4"):
        drawn = draw(rows, seed)
        assert "mri" in numbers(drawn.drawn)
        assert [n for n in drawn.notes if "MRI" in n] == []


@pytest.mark.parametrize("seed", ["s1", "s2", "s3", "s4", "s5", "s6"])
def test_draw_last_report_of_a_modality_is_not_swapped_for_another(seed):
    rows = [entry("dr", modality="DR"), entry("mri", modality="MRI"), *(entry(s, s) for s in FIVE[1:])]
    first, other = rank(rows[:2], seed)
    drawn = draw(rows, seed, 5)
    assert (drawn.drawn, drawn.reserve) == ((first, *rows[2:]), (other,))
    assert [step.kind for step in drawn.steps] == [StepKind.STRATUM] * 5
    assert drawn.notes == (f"抽样中没有{other.modality}（名单中有，但无法在同一系统内调换）：覆盖不足。",)


def test_draw_modality_absent_from_the_list_is_a_note_not_an_error():
    rows = [entry(f"{s[:2]}{n}", s, "CT") for s in FIVE for n in range(3)]
    assert [n for n in draw(rows, "s").notes if n.startswith("抽样中没有")] == [
        "抽样中没有DR（名单中没有）：覆盖不足。",
        "抽样中没有MRI（名单中没有）：覆盖不足。",
    ]


def test_draw_one_busy_physician_is_capped_at_three_where_possible():
    rows = [entry(f"{s[:2]}{n}", s, "CT", by="busy" if n < 3 else "") for s in FIVE for n in range(6)]
    for seed in map(str, range(20)):
        counts = Counter(row.reporting_physician for row in draw(rows, seed).drawn)
        assert counts["busy"] <= 3


@pytest.mark.parametrize("seed", ["s1", "s2", "s3", "s4", "s5", "s6"])
def test_draw_two_physicians_at_the_cap_do_not_take_turns_for_ever(seed):
    rows = [entry("a", by="A"), entry("b", by="B")]
    rows += [entry(system, system, by=by) for system, by in zip(FIVE[1:], "AABB", strict=True)]
    first, other = rank(rows[:2], seed)
    drawn = draw(rows, seed, 5)
    assert (drawn.drawn, drawn.reserve) == ((first, *rows[2:]), (other,))
    assert [step.kind for step in drawn.steps] == [StepKind.STRATUM] * 5
    assert "有1名报告医师被抽到超过2份，同系统内没有可调换的报告。" in drawn.notes


def test_draw_only_one_physician_is_noted():
    rows = [entry(f"{s[:2]}{n}", s, "CT", by="only") for s in FIVE for n in range(3)]
    assert "有1名报告医师被抽到超过3份，同系统内没有可调换的报告。" in draw(rows, "s").notes


def test_draw_unknown_physician_is_not_one_person():
    rows = [entry(f"{s[:2]}{n}", s)._replace(reporting_physician="") for s in FIVE for n in range(3)]
    assert not [n for n in draw(rows, "s").notes if "报告医师" in n]


def test_draw_patient_in_two_systems_does_not_cost_the_smaller_one():
    rows = [*even_list(4, FIVE[:4]), entry("c1", "circulatory", patient="shared"), entry("c2", "circulatory")]
    rows += [entry("n9", "nervous", patient="shared")]
    for seed in map(str, range(20)):
        assert Counter(row.system for row in draw(rows, seed).drawn)["circulatory"] == 2


def test_draw_fewer_than_ten_is_insufficient_and_says_so():
    drawn = draw([entry("a"), entry("b", "skeletal")], "s")
    assert (drawn.insufficient, len(drawn.drawn)) == (True, 2)
    assert "只抽到2份，不足10份：不能得出合格与否的结论。" in drawn.notes


def test_draw_of_nothing_is_empty():
    drawn = draw([], "s")
    assert (drawn.drawn, drawn.reserve, drawn.steps, drawn.insufficient) == ((), (), (), True)


def test_draw_another_seed_gives_another_ten():
    rows = even_list(8)
    assert len({tuple(numbers(draw(rows, str(n)).drawn)) for n in range(20)}) > 15


def test_draw_every_report_has_its_chance():
    rows = even_list(4)
    seen = {number for n in range(200) for number in numbers(draw(rows, f"s{n}").drawn)}
    assert seen == set(numbers(rows))


@pytest.mark.parametrize("size", [0, -1, True])
def test_draw_unfit_size_is_refused(size):
    with pytest.raises(ValueError, match="不小于1"):
        draw([], "s", size)


def test_draw_unfit_list_is_refused():
    with pytest.raises(UnfitListError):
        draw([entry("a"), entry("a")], "s")


@pytest.mark.parametrize("seed", ["", "  ", "a\nb", "a\tb", "\ud800"])
def test_check_seed_that_cannot_be_retyped_is_refused(seed):
    with pytest.raises(ValueError, match="种子"):
        check_seed(seed)


def test_new_seed_names_audit_and_chance():
    assert new_seed(7, "ab" * 16) == f"7-{'ab' * 16}"


@pytest.mark.parametrize("text", ["", "ab" * 15, "AB" * 16, "zz" * 16])
def test_new_seed_too_little_chance_is_refused(text):
    with pytest.raises(ValueError, match="随机数"):
        new_seed(7, text)
