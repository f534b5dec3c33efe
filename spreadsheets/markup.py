"""Parse one part of a package with expat, piece by piece, with any namespace prefix."""

from collections.abc import Callable, Iterator
from typing import Any
from xml.parsers import expat

from spreadsheets.values import DAMAGED, FileRefused

Starts = dict[str, Callable[[dict[str, str]], None]]
Ends = dict[str, Callable[[], None]]


def parse(
    pieces: Iterator[bytes] | Iterator[str],
    *,
    starts: Starts,
    ends: Ends | None = None,
    text: Callable[[str], None] | None = None,
) -> None:
    """Call the handler of each element name, in document order.

    A part that is not there has no elements. Raises FileRefused for a part that is not well-formed.
    """
    opening, closing = _ByName(starts), _ByName(ends or {})

    def start(name: str, attributes: dict[str, str]) -> None:
        if handler := opening[name]:
            handler(attributes)

    def end(name: str) -> None:
        if handler := closing[name]:
            handler()

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = start
    if ends:
        parser.EndElementHandler = end
    if text:
        parser.CharacterDataHandler = text
    # The package was searched for a DTD already; an encoding of its own might hide one.
    parser.StartDoctypeDeclHandler = _refuse
    try:
        given = False
        for piece in pieces:
            given = True
            parser.Parse(piece)
        if given:
            parser.Parse(b"", True)
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise error if isinstance(error, FileRefused) else FileRefused(DAMAGED) from error


class _ByName(dict[str, Any]):
    """Handlers by an element's name; one with a prefix has the handler of the name behind it."""

    def __missing__(self, name: str) -> Any:
        prefix, _, local = name.rpartition(":")
        self[name] = self.get(local) if prefix else None
        return self[name]


def _refuse(*_: Any) -> None:
    raise FileRefused(DAMAGED)
