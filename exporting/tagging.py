"""What a tagged PDF lacks after WeasyPrint: plain links, the scope of heads, the seal in its structure."""

from collections.abc import Iterator
from typing import Any


def mend_structure(pdf: Any) -> None:
    """Give every head cell its scope, and leave one Link where a link and its page number made two."""
    for element in _elements(pdf):
        if element["S"] == "/Link" and "/Link" in _above(pdf, element):
            element["S"] = "/Span"
        elif element["S"] == "/TH":
            in_head = "/THead" in _above(pdf, element)
            element["A"]["Scope"] = "/Column" if in_head else "/Row"


def tie_widget(pdf: Any, widget: Any, name: str) -> None:
    """Put a form field into the structure, so that a screen reader finds it; nothing in an untagged file."""
    from pydyf import Dictionary, String

    if "StructTreeRoot" not in pdf.catalog:
        return
    root = _at(pdf, pdf.catalog["StructTreeRoot"])
    document, tree = _at(pdf, root["K"][0]), _at(pdf, root["ParentTree"])
    content = Dictionary({"Type": "/OBJR", "Obj": widget.reference, "Pg": widget["P"]})
    values = {"Type": "/StructElem", "S": "/Form", "P": document.reference, "K": content, "Alt": String(name)}
    element = Dictionary(values)
    pdf.add_object(element)
    document["K"].append(element.reference)
    widget["StructParent"] = int(tree["Nums"][-2]) + 1
    tree["Nums"].extend([widget["StructParent"], element.reference])


def _elements(pdf: Any) -> Iterator[Any]:
    from pydyf import Dictionary

    return (
        found for found in pdf.objects if isinstance(found, Dictionary) and found.get("Type") == "/StructElem"
    )


def _above(pdf: Any, element: Any) -> Iterator[str]:
    """The kinds of the elements around an element, from the inside out."""
    while "P" in element and "S" in (element := _at(pdf, element["P"])):
        yield element["S"]


def _at(pdf: Any, reference: bytes) -> Any:
    return pdf.objects[int(reference.split()[0])]
