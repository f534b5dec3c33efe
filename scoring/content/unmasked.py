"""未脱敏: from a signed packet to the one with the patients' identity in it, and back.

It equals the signed packet except for the masking: only characters that were masked in the reports and in
texts about them are restored, each at its place, and every place is listed. Star the listed places again,
leave this part out, and the content hash is that of the signed packet: so it can be shown from the file
alone that only the masking differs.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from exporting.masking import STAR
from scoring.content.codec import UnfitPacketError
from scoring.content.document import PacketDocument
from scoring.content.unmasked_parts import Restored

_OF_CASES = "cases"
# A mask that overlapped a fault dropped the fault's offsets; it still counts as the same fault.
_MAY_DIFFER = frozenset({"start", "end"})


@dataclass
class _Walk:
    """The signed value and the one without masks, side by side."""

    restored: list[Restored] = field(default_factory=list)
    left: int = 0

    def value(self, signed: Any, plain: Any, path: str) -> Any:
        if isinstance(signed, dict) and isinstance(plain, dict):
            return self._object(signed, plain, path)
        if isinstance(signed, list) and isinstance(plain, list) and len(signed) == len(plain):
            pairs = zip(signed, plain, strict=True)
            return [self.value(mine, other, f"{path}/{i}") for i, (mine, other) in enumerate(pairs)]
        if isinstance(signed, str) and isinstance(plain, str) and _only_masked(signed, plain):
            return self._text(signed, plain, path)
        self._leave(signed)
        return signed

    def _object(self, signed: dict[str, Any], plain: dict[str, Any], path: str) -> dict[str, Any]:
        """All or nothing of one thing's own values: half of another report must not come in."""
        own = {name for name, value in signed.items() if not isinstance(value, dict | list)}
        same = all(_agrees(signed[name], plain.get(name)) for name in own - _MAY_DIFFER)
        found = {}
        for name, value in signed.items():
            if name in own and not same:
                self._leave(value)
                found[name] = value
            else:
                found[name] = self.value(value, plain.get(name), f"{path}/{name}")
        return found

    def _text(self, signed: str, plain: str, path: str) -> str:
        places = tuple(i for i, pair in enumerate(zip(signed, plain, strict=True)) if pair[0] != pair[1])
        if places:
            self.restored.append(Restored(path, places))
        elif STAR in signed and not _is_source(path):
            self.left += 1
        return plain

    def _leave(self, value: Any) -> None:
        if isinstance(value, str):
            self.left += STAR in value
        elif isinstance(value, dict | list):
            for part in value.values() if isinstance(value, dict) else value:
                self._leave(part)


def _is_source(path: str) -> bool:
    """Reports and outcomes are stored as they came: a star of theirs was written, as in 2.4*1.8cm."""
    return "/report/" in path or "/outcomes/" in path


def _agrees(signed: Any, plain: Any) -> bool:
    if isinstance(signed, str) and isinstance(plain, str):
        return _only_masked(signed, plain)
    return type(signed) is type(plain) and bool(signed == plain)


def _only_masked(signed: str, plain: str) -> bool:
    """Every mask is as long as what it hides (exporting.masking): texts differ in starred places alone."""
    return len(signed) == len(plain) and all(a in (b, STAR) for a, b in zip(signed, plain, strict=True))


def put_back(
    signed: dict[str, Any], plain: Sequence[Mapping[str, Any]]
) -> tuple[dict[str, Any], tuple[Restored, ...], int]:
    """The signed packet (plain JSON values) with the identity of its cases, the places, what stays masked.

    `plain`: the cases as they are without masks. Raises UnfitPacketError where a report is not the one that
    was signed.
    """
    cases = signed[_OF_CASES]
    if len(cases) != len(plain):
        raise UnfitPacketError("在评的报告与签发时的不同，不能还原。")
    walk, found = _Walk(), []
    for place, (mine, other) in enumerate(zip(cases, plain, strict=True)):
        # The head of a case and its report, to the letter: a report revised since is another one.
        own = [(mine[n], other.get(n)) for n in ("position", "system", "modality", "revision_number")]
        report = [(value, other["report"].get(name)) for name, value in mine["report"].items()]
        if not all(_agrees(a, b) for a, b in own + report):
            raise UnfitPacketError(f"第{mine['position']}份所存的报告与签发时的不同，不能还原。")
        found.append(walk.value(mine, dict(other), f"{_OF_CASES}/{place}"))
    return {**signed, _OF_CASES: found}, tuple(walk.restored), walk.left


def masked_again(raw: dict[str, Any], restored: Sequence[Restored]) -> dict[str, Any]:
    """The packet with the listed places starred and without the part `unmasked`. Raises UnfitPacketError."""
    found = deepcopy({name: value for name, value in raw.items() if name != "unmasked"})
    seen = set()
    for line in restored:
        steps = line.path.split("/")
        if steps[0] != _OF_CASES or line.path in seen:
            raise UnfitPacketError(f"{_place(steps)}所列的还原位置不在报告之内，或重复。")
        seen.add(line.path)
        _star(found, steps, line)
    return found


def _place(steps: list[str]) -> str:
    """第3份报告, where a path names one: its reader knows reports, not keys."""
    report = steps[1] if len(steps) > 1 and steps[0] == _OF_CASES else ""
    return f"第{int(report) + 1}份报告" if report.isascii() and report.isdigit() else ""


def _star(found: dict[str, Any], steps: list[str], line: Restored) -> None:
    holder: Any = found
    try:
        for step in steps[:-1]:
            holder = holder[_key(holder, step)]
        name = _key(holder, steps[-1])
        text = list(holder[name])
        whole = isinstance(holder[name], str)
    except (KeyError, IndexError, TypeError, ValueError):
        raise UnfitPacketError(f"{_place(steps)}所列的还原位置不存在。") from None
    ordered = list(line.at) == sorted(set(line.at)) and bool(line.at)
    if not whole or not ordered or line.at[0] < 0 or line.at[-1] >= len(text):
        raise UnfitPacketError(f"{_place(steps)}所列的还原位置超出文字，或次序有误。")
    for place in line.at:
        text[place] = STAR
    holder[name] = "".join(text)


def _key(holder: Any, step: str) -> Any:
    return int(step) if isinstance(holder, list) else step


def masked_form(document: PacketDocument) -> PacketDocument:
    """The signed packet an unmasked one was made of; a masked one itself. Raises UnfitPacketError."""
    if document.unmasked is None:
        return document
    raw = json.loads(document.canonical())
    return type(document).from_dict(masked_again(raw, document.unmasked.restored))


def unmasked_problems(document: PacketDocument) -> Iterator[str]:
    """Where an unmasked packet is not the signed one with its masks lifted, or contradicts itself."""
    found = document.unmasked
    if found is None:
        return
    try:
        if masked_form(document).content_hash() != found.masked_hash:
            yield "把所列各处遮回之后，内容校验值与所称的脱敏迎检包不符：内容在脱敏之外另有改动。"
    except UnfitPacketError as problem:
        yield str(problem)
    named = [(c.position, c.report.accession_number, c.report.patient_name) for c in document.cases]
    if [(line.position, line.accession_number, line.patient_name) for line in found.identities] != named:
        yield "受检者对照与各份报告的检查号、姓名不符。"
    if found.asked_by == found.approved_by:
        yield "未脱敏的申请人与批准人是同一人。"
    if not found.asked_at <= found.approved_at or found.approved_at[:10] > found.until:
        yield "未脱敏的申请、批准与有效期的先后不符。"
    if not (found.receiver and found.reason and found.approval_note):
        yield "未脱敏的接收人、理由或批准意见缺失。"
