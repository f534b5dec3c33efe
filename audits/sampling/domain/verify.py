"""Repeating a draw from its document: the same list, ten and replacements, or what differs."""

from dataclasses import dataclass

from audits.sampling.domain.document import DrawDocument, UnfitDocumentError, digest_of, parse_draw_document
from audits.sampling.domain.draw import Draw, check_seed, draw
from audits.sampling.domain.frozen_list import list_hash, list_problems
from audits.sampling.domain.replacement import ReplacementRefusedError, Sample, replacement_for


@dataclass(frozen=True)
class Verification:
    """`problems`: Chinese sentences, empty when ok. `facts`: (label, value) pairs to show."""

    ok: bool
    problems: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]


def verify_draw(document: object) -> Verification:
    """Re-draw from parsed JSON and compare. Never raises for any JSON value."""
    try:
        parsed = parse_draw_document(document)
    except UnfitDocumentError as unfit:
        return Verification(False, unfit.problems, ())
    assert isinstance(document, dict)
    problems = digest_problems(document, parsed) + stored_list_problems(parsed)
    facts: list[tuple[str, str]] = []
    unfit_list = list_problems(parsed.entries)
    unfit_seed = seed_problems(parsed.seed)
    if not unfit_list and not unfit_seed:
        redrawn = draw(parsed.entries, parsed.seed, parsed.size)
        problems += drawn_problems(parsed, tuple(entry.accession_number for entry in redrawn.drawn))
        sample, replacement_problems = _replayed(parsed, redrawn)
        problems += replacement_problems
        facts = _facts(parsed, redrawn, sample)
    problems += (*unfit_list, *unfit_seed)
    return Verification(not problems, tuple(problems), tuple(facts))


def seed_problems(seed: str) -> tuple[str, ...]:
    """Problems of a seed, as Chinese sentences."""
    try:
        check_seed(seed)
    except ValueError as unfit:
        return (str(unfit),)
    return ()


def digest_problems(document: dict[str, object], parsed: DrawDocument) -> list[str]:
    """A sentence when the digest is not that of the document's content."""
    computed = digest_of(document)
    if computed == parsed.digest:
        return []
    return [f"文件校验值不符：文件记为 {parsed.digest}，按内容重算为 {computed}；文件在生成后被改动。"]


def stored_list_problems(parsed: DrawDocument) -> list[str]:
    """Sentences when the list is not in order, or its hash is another one."""
    problems = []
    if list(parsed.entries) != sorted(parsed.entries):
        problems.append("名单未按检查号次序排列，与冻结时不同。")
    if list_problems(parsed.entries):
        return problems  # reported elsewhere; such a list has no hash
    computed = list_hash(parsed.entries)
    if computed != parsed.list_sha256:
        problems.append(
            f"名单校验值不符：文件记为 {parsed.list_sha256}，按名单重算为 {computed}；名单或校验值被改动。"
        )
    return problems


def drawn_problems(parsed: DrawDocument, expected: tuple[str, ...]) -> list[str]:
    """How the stored sample differs from the `expected` one, drawn again."""
    if parsed.drawn == expected:
        return []
    problems = []
    doubled = sorted({number for number in parsed.drawn if parsed.drawn.count(number) > 1})
    missing = [number for number in expected if number not in parsed.drawn]
    added = [number for number in dict.fromkeys(parsed.drawn) if number not in expected]
    if doubled:
        problems.append(f"抽中名单中重复：{'、'.join(doubled)}。")
    if missing:
        problems.append(f"按种子重抽应抽中、文件中没有：{'、'.join(missing)}。")
    if added:
        problems.append(f"文件中有、按种子重抽未抽中：{'、'.join(added)}。")
    if not problems:
        place = next(i for i, (a, b) in enumerate(zip(parsed.drawn, expected, strict=True)) if a != b)
        problems.append(
            f"抽中次序不同：第{place + 1}例应为 {expected[place]}，文件中为 {parsed.drawn[place]}。"
        )
    return problems


def _replayed(parsed: DrawDocument, redrawn: Draw) -> tuple[Sample, list[str]]:
    """Replacements re-applied to the re-drawn ten, up to the first difference: later ones depend on it."""
    sample = Sample(redrawn)
    for place, recorded in enumerate(parsed.replacements, start=1):
        try:
            due = replacement_for(sample, recorded.removed, recorded.reason)
        except ReplacementRefusedError as refused:
            return sample, [f"第{place}次更换不成立：{refused}"]
        if due.added != recorded.added:
            told, right = recorded.added or "无备选", due.added or "无备选"
            return sample, [
                f"第{place}次更换（{recorded.removed}）按备选次序应换为 {right}，文件中为 {told}。"
            ]
        if due.reason != recorded.reason:
            return sample, [f"第{place}次更换（{recorded.removed}）的理由首尾有多余空白，与记录方式不同。"]
        sample = Sample(redrawn, (*sample.replacements, due))
    return sample, []


def _facts(parsed: DrawDocument, redrawn: Draw, sample: Sample) -> list[tuple[str, str]]:
    return [
        ("种子", parsed.seed),
        ("名单份数", str(len(parsed.entries))),
        ("名单校验值（重算）", redrawn.list_hash),
        ("应抽份数", str(parsed.size)),
        ("重抽结果", "、".join(entry.accession_number for entry in redrawn.drawn) or "无"),
        ("更换次数", str(len(parsed.replacements))),
        ("更换后的抽样", "、".join(entry.accession_number for entry in sample.current) or "无"),
        *(("覆盖说明", note) for note in redrawn.notes),
    ]
