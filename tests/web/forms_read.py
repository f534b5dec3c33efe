"""The forms of a page as a browser finds them: where each goes, and what it sends."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

_HIDDEN = {"hidden", "submit", "button", "image", "reset"}
_TEXTS = {"text", "search", "tel", "email", "url"}


@dataclass
class Form:
    """`sent`: the hidden values; `asked`: names of the fields a person fills in; `typed`: those of text."""

    action: str
    method: str
    sent: dict[str, str] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)
    typed: set[str] = field(default_factory=set)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._open = False

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        given = dict(attrs)
        if tag == "form":
            self._open = True
            self.forms.append(Form(given.get("action") or "", (given.get("method") or "get").lower()))
        elif self._open and tag in ("input", "select", "textarea") and given.get("name"):
            if tag == "input" and given.get("type") in _HIDDEN:
                self.forms[-1].sent[given["name"]] = given.get("value") or ""
            else:
                self.forms[-1].asked.add(given["name"])
                if tag == "textarea" or (tag == "input" and given.get("type", "text") in _TEXTS):
                    self.forms[-1].typed.add(given["name"])

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = False


def forms_on(html: str) -> list[Form]:
    """Every form of a page, in order."""
    reader = _Reader()
    reader.feed(html)
    return reader.forms


def version_on(client: Any, page: str, action: str = "", **sent: str) -> str:
    """The version carried by the page's form that goes to `action` (the page itself) with these values."""
    found = [
        form
        for form in forms_on(client.get(page).content.decode())
        if form.action in ({action} if action else {"", page})
        and "version" in form.sent
        and form.sent | sent == form.sent
    ]
    return found[0].sent["version"]
