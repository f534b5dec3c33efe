"""Slips with single-use passwords: A4 pages to be cut, one slip an account."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.template.loader import render_to_string

from exporting.pdf import html_to_pdf, printable


@dataclass(frozen=True)
class Slip:
    """What is handed to one person; the password is printed here and stored nowhere."""

    hospital: str
    full_name: str
    staff_number: str
    username: str
    password: str
    until: str
    address: str


def slips_pdf(slips: Sequence[Slip], *, made_at: datetime) -> bytes:
    """The slips as a PDF, in the order given."""
    shown = [Slip(**{name: printable(text) for name, text in vars(slip).items()}) for slip in slips]
    moment = made_at.isoformat(timespec="seconds")
    html = render_to_string("staff/pdf/slips.html", {"slips": shown, "made_at": moment})
    return html_to_pdf(html, identifier=f"slips {moment}")
