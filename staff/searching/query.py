"""The query of an address whose typed texts are stored: reads like one with them, prints without them."""

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict

TOKEN = "s"  # noqa: S105  # the name of the parameter
# Fields that take a name, a number or a text; what is chosen from a list stays in the address.
TYPED = frozenset({"clause", "month", "physician", "purpose", "q", "target_id", "text", "who"})


class SearchedQuery(QueryDict):
    """`request.GET` with the stored texts.

    They can be read by name, but are no items: copies, and with them all links made from the query, carry
    the token alone. A value given in the address goes before a stored one.
    """

    stored: Mapping[str, str] = {}

    @classmethod
    def of(cls, query: QueryDict, stored: Mapping[str, str]) -> "SearchedQuery":
        made: Any = cls(query.urlencode(), encoding=query.encoding)
        made.stored = {name: text for name, text in stored.items() if name not in query}
        searched: SearchedQuery = made
        return searched

    def __contains__(self, name: object) -> bool:
        return super().__contains__(name) or name in self.stored

    def __getitem__(self, name: str) -> Any:
        return self.stored[name] if name in self.stored else super().__getitem__(name)

    def getlist(self, name: str, default: Any = None) -> Any:
        return [self.stored[name]] if name in self.stored else super().getlist(name, default)

    def dict(self) -> dict[str, Any]:
        return {**super().dict(), **self.stored}


def linked_values(query: Mapping[str, str], names: tuple[str, ...]) -> dict[str, str]:
    """The values of `names` that a link may carry: the token in place of stored texts."""
    stored = getattr(query, "stored", {})
    return {name: query.get(name, "") for name in (*names, TOKEN) if name not in stored}
