"""The reminder of what ends soon, as the text of a mail; it names staff and never a patient."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Line:
    """Whose qualification ends when; `left`: days from today, negative once it has ended."""

    person: str
    qualification: str
    ends_on: date
    left: int


@dataclass(frozen=True)
class Reminder:
    """A mail ready to be sent."""

    subject: str
    body: str


def reminder(department: str, lines: Sequence[Line], on: date) -> Reminder | None:
    """The mail about these lines, the most pressing first; None when there is nothing to say."""
    if not lines:
        return None
    ended = [line for line in lines if line.left < 0]
    soon = [line for line in lines if line.left >= 0]
    parts = [f"{department}：截至{on}，以下资质已过期或将到期（到期当日仍有效）。"]
    for head, some in (("已过期", ended), ("将到期", soon)):
        if some:
            parts.append(f"{head}（{len(some)}项）\n" + "\n".join(map(_line, some)))
    parts.append("请安排复训或换证，并在“人员资质”中登记。此邮件由质控平台自动发出。")
    subject = f"资质提醒：{' '.join(department.split())} 已过期{len(ended)}项、将到期{len(soon)}项"
    return Reminder(subject, "\n\n".join(parts) + "\n")


def _line(line: Line) -> str:
    when = f"已过期{-line.left}天" if line.left < 0 else "今天到期" if not line.left else f"还有{line.left}天"
    return f"  {line.ends_on}　{line.person}　{line.qualification}（{when}）"


def addresses(text: str) -> dict[str, tuple[str, ...]]:
    """Department code → whom to write to, from RAD=a@h.cn,b@h.cn;FAR=c@h.cn. ValueError with a sentence.

    >>> addresses("RAD=a@h.cn, b@h.cn")
    {'RAD': ('a@h.cn', 'b@h.cn')}
    """
    found: dict[str, tuple[str, ...]] = {}
    for part in filter(None, (part.strip() for part in text.split(";"))):
        code, _, listed = part.partition("=")
        some = tuple(address.strip() for address in listed.split(",") if address.strip())
        if not code.strip() or not some or any("@" not in address for address in some):
            raise ValueError(f"QC_REMIND_TO 中的“{part}”应写作 科室代码=地址,地址。")
        found[code.strip()] = some
    return found
