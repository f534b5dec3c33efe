"""The base of every list table: columns and sorting are the library's, the rows are written out at once.

The library looks up a column's attributes, its render method's arguments and its accessor anew for every
cell, and a template renders each. Here that is settled once a column; what stands in the cells is the same.
"""

from collections.abc import Callable, Iterator
from typing import Any

import django_tables2 as tables
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model
from django.template import Context
from django.template.base import render_value_in_context
from django.urls import reverse
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django_tables2.columns.base import BoundColumn, LinkTransform
from django_tables2.rows import BoundRow
from django_tables2.utils import A, AttributeDict, computed_values, signature

Cell = Callable[[Any], Any]
_PLAIN = Context()
_ANY_ROW = 9_876_543_210
_ARGUMENTS = {"value", "record", "column", "bound_column", "table"}


class ListTable(tables.Table):
    """A table whose `body` is its rows as HTML."""

    @property
    def body(self) -> SafeString:
        """`<tr>` after `<tr>`, as the library's own template would write them."""
        return mark_safe("".join(_rows(self)))  # noqa: S308  # every cell is escaped in _shown


def _rows(table: tables.Table) -> Iterator[str]:
    records = [row.record for row in table.paginated_rows]
    columns = [(_opening(bound), _cell(table, bound, records)) for bound in table.columns]
    for record in records:
        cells = "".join([f"{opening}{_shown(cell(record))}</td>" for opening, cell in columns])
        yield f"<tr{_row_attrs(table, record)}>{cells}</tr>\n"


def _row_attrs(table: tables.Table, record: Any) -> str:
    if not table.row_attrs:
        return ""
    attrs = computed_values(table.row_attrs, kwargs={"table": table, "record": record})
    return f" {AttributeDict(attrs).as_html()}"


def _opening(bound: BoundColumn) -> str:
    attrs = bound.attrs["td"].as_html()
    return f"<td {attrs}>" if attrs else "<td>"


def _shown(value: Any) -> str:
    return conditional_escape(value) if isinstance(value, str) else render_value_in_context(value, _PLAIN)


def _cell(table: tables.Table, bound: BoundColumn, records: list[Any]) -> Cell:
    """What a column shows of a record; whatever is out of the ordinary is left to the library."""
    wanted, keywords = signature(bound.render)
    value_of = _value_of(bound, records)
    if value_of is None or keywords or not _ARGUMENTS.issuperset(wanted):
        return lambda record: BoundRow(record, table).get_cell(bound.name)
    column, render, link = bound.column, bound.render, _linked(bound.link)
    empty, around = column.empty_values, {"column": column, "bound_column": bound, "table": table}

    def cell(record: Any) -> Any:
        value = value_of(record)
        if value in empty:
            return bound.default
        given = {**around, "value": value, "record": record}
        content = render(**{name: given[name] for name in wanted})
        return link(content, **given) if link else content

    return cell


def _linked(link: LinkTransform | None) -> Callable[..., Any] | None:
    """The library's link; that to a row's own page by its number has its address looked up once."""
    asked = link.reverse_args if link and not link.url and not link.attrs else {}
    if asked.get("kwargs") != {"pk": A("pk")} or isinstance(asked["viewname"], A):
        return link
    before, _, after = reverse(asked["viewname"], args=[_ANY_ROW]).partition(str(_ANY_ROW))

    def linked(content: Any, *, record: Any, **_: Any) -> SafeString:
        return format_html('<a href="{}{}{}">{}</a>', before, record.pk, after, content)

    return linked


def _value_of(bound: BoundColumn, records: list[Any]) -> Cell | None:
    """How to read the column's value; None where the accessor is more than one name or the rows no models."""
    name = str(bound.accessor)
    if "__" in name or not records or not isinstance(records[0], Model):
        return None
    try:
        field = records[0]._meta.get_field(name)
    except FieldDoesNotExist:
        return lambda record: _attribute(record, name)
    shows = f"get_{name}_display" if getattr(field, "choices", None) else ""
    if shows and hasattr(records[0], shows):
        return lambda record: getattr(record, shows)()
    return lambda record: getattr(record, name, None)


def _attribute(record: Any, name: str) -> Any:
    """A model's own attribute or question, as a template would ask it; None where it has none."""
    found = getattr(record, name, None)
    if not callable(found):
        return found
    return None if getattr(found, "alters_data", False) else found()
