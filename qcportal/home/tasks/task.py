"""One line of 要处理的事 on the home page."""

from dataclasses import dataclass

_ORDER = ("fail", "due", "open", "info")


@dataclass(frozen=True)
class Task:
    """One line of 要处理的事. `kind` and `word` make its tag; `when` is a day or a state, "" for neither.

    `leads`: may it be what the page's one button does? A permanent reminder is not the next step.
    """

    kind: str
    word: str
    text: str
    url: str
    label: str = "去处理"
    when: str = ""
    leads: bool = True

    @property
    def urgency(self) -> int:
        return _ORDER.index(self.kind)
