"""Who gets what answer from every URL: the format of the permission table (docs/quality.md A1).

Each app states its rows in tests/web/permissions/<app>.py as `ROWS`, a tuple of `row(...)`, and may define
`build(world)`, which makes the objects its rows speak of (tests/web/world.py). For example:

    def build(world):
        world.add("report", make_report(world.department))

    ROWS = (
        row("reports:list", qc_officer=200, head=200, member=200),
        row("reports:detail", kwargs=lambda w: {"pk": w["report"].pk}, qc_officer=200, head=200, member=200),
        row("reports:unmask", "POST", kwargs=lambda w: {"pk": w["report"].pk}, data={"reason": "核对病理号"},
            qc_officer=302, head=302),
    )

What a row leaves out is refused: anonymous is sent to the sign-in page (302), every role gets 403. `foreign`
is a QC officer of another department: left out, it is 404 where an object is named that a QC officer of
this department may open, else what the QC officer gets.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from django.urls import URLPattern, URLResolver, get_resolver

if TYPE_CHECKING:
    from tests.web.world import World

_APPS_ABOVE = ("qcportal", "standards", "staff", "register", "reports", "audits", "audits_year")
APPS = (*_APPS_ABOVE, "monthly", "appeals", "scoring")  # built in this order
_ADMINISTRATORS = ("admin", "security_admin", "auditor")
ROLES = ("qc_officer", "assessor", "head", "member", "inspector", *_ADMINISTRATORS)
ACTORS = ("anonymous", *ROLES, "foreign")

Values = Mapping[str, Any] | Callable[["World"], Mapping[str, Any]] | None


@dataclass(frozen=True)
class Row:
    """One URL name and method, and the status each of ACTORS gets.

    `kwargs` are the URL's, `data` the form's (GET: the query's); both may be functions of the world. One
    URL and method may have several rows (an object of one's own, one of another's): `note` tells them apart.
    """

    url: str
    method: str
    expected: Mapping[str, int]
    kwargs: Values = None
    data: Values = None
    note: str = ""

    def __str__(self) -> str:
        return f"{self.method} {self.url}" + (f" ({self.note})" if self.note else "")


def row(
    url: str,
    method: str = "GET",
    *,
    kwargs: Values = None,
    data: Values = None,
    note: str = "",
    **status: int,
) -> Row:
    """A row in which only the actors let in are named; TypeError for an actor that does not exist."""
    unknown = set(status) - set(ACTORS)
    if unknown:
        raise TypeError(f"{method} {url}: no such actor {sorted(unknown)}; known: {', '.join(ACTORS)}")
    expected = {"anonymous": 302} | dict.fromkeys(ROLES, 403) | status
    officer = expected["qc_officer"]
    expected.setdefault("foreign", 404 if kwargs and officer != 403 else officer)
    return Row(url, method, MappingProxyType(expected), kwargs, data, note)


def everyone(status: int, *, anonymous: int = 302) -> dict[str, int]:
    """The same status for every signed-in actor: `row("home", **everyone(200))`."""
    return {"anonymous": anonymous} | dict.fromkeys((*ROLES, "foreign"), status)


def values(given: Values, world: "World") -> dict[str, Any]:
    """What a row's `kwargs` or `data` stand for in this world."""
    found = given(world) if callable(given) else given
    return dict(found or {})


def modules() -> list[Any]:
    """The apps' permission modules that exist, in the order in which their objects are built."""
    found = []
    for app in APPS:
        name = f"tests.web.permissions.{app}"
        try:
            found.append(import_module(name))
        except ModuleNotFoundError as error:
            if error.name != name:
                raise
    return found


def all_rows() -> list[Row]:
    """The union of the apps' tables."""
    return [line for module in modules() for line in module.ROWS]


@dataclass(frozen=True)
class Page:
    """A URL as the resolver knows it: its name, its view, and the methods the view says it takes."""

    url: str
    view: Callable[..., Any]
    methods: tuple[str, ...]


def pages() -> list[Page]:
    """Every URL of the project."""
    return list(_walk(get_resolver().url_patterns, ""))


def _walk(patterns: Iterable[URLPattern | URLResolver], namespace: str) -> Iterator[Page]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _walk(pattern.url_patterns, inner)
        else:
            name = f"{namespace}{pattern.name or pattern.pattern}"
            yield Page(name, pattern.callback, declared_methods(pattern.callback))


def declared_methods(view: Callable[..., Any]) -> tuple[str, ...]:
    """The methods named by require_GET, require_POST and the like; none when the view names none.

    Django keeps them in the closure of its decorator, which is somewhere down the `__wrapped__` chain.
    """
    layer: Any = view
    while layer is not None:
        names = getattr(getattr(layer, "__code__", None), "co_freevars", ())
        if "request_method_list" in names:
            return tuple(layer.__closure__[names.index("request_method_list")].cell_contents)
        layer = getattr(layer, "__wrapped__", None)
    return ()
