"""What an assessor may read before the description is judged: no name and no number (docs/quality.md A2).

Hidden characters are replaced one by one, so that a marked place has the same start and end.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from audits.sampling.domain.judges import name_forms
from audits.sampling.domain.strata import SYSTEM_ZH
from reports.domain.systems import system_of_examination

HIDDEN = "＊"
TEXTS = ("clinical_diagnosis", "surgical_history", "technique", "findings", "impression")
PEOPLE = ("reporting_physician", "reviewing_physician", "signed_by", "last_modified_by", "operator")


def hide(text: str | None, secrets: Iterable[str]) -> str:
    """`text` with every occurrence of the secrets masked, length unchanged; longest first."""
    shown = text or ""
    for secret in sorted({s for s in secrets if len(s) > 1}, key=len, reverse=True):
        shown = _pattern(secret).sub(lambda hit: HIDDEN * len(hit.group()), shown)
    return shown


@lru_cache(maxsize=4096)
def _pattern(secret: str) -> re.Pattern[str]:
    """The secret in half or full width; a name also with blanks inside (张 三)."""
    if unicodedata.normalize("NFKC", secret).isascii():
        # A staff number or id must not mask part of a measured number (工号 1007, 10073 ms).
        body, edges = "".join(map(_either_width, secret)), ("(?<![0-9A-Za-z.])", "(?![0-9A-Za-z])")
    else:
        body, edges = r"[ \u3000]*".join(map(_either_width, secret)), ("", "")
    return re.compile(edges[0] + body + edges[1], re.IGNORECASE)


def _either_width(character: str) -> str:
    narrow = unicodedata.normalize("NFKC", character)
    forms = {character, narrow}
    if len(narrow) == 1 and "!" <= narrow <= "~":
        forms.add(chr(ord(narrow) + 0xFEE0))
    return "(?:" + "|".join(sorted(map(re.escape, forms))) + ")"


def patient_secrets(content: Mapping[str, Any], accession_number: str) -> set[str]:
    """The patient's name as written and without blanks, the patient id and the examination's number."""
    name = content.get("patient_name") or ""
    return {name, name.strip(), "".join(name.split()), content.get("patient_id") or "", accession_number} - {
        ""
    }


def people_secrets(content: Mapping[str, Any]) -> set[str]:
    """Every written form of the report's own people that may occur in its text."""
    written = [content.get(role) or "" for role in PEOPLE]
    forms = {form for name in written for form in name_forms(name)}
    # A three-digit staff number is more likely a size or a dose than a person.
    return {form for form in {*written, *forms} if len(form) > 1 and not (form.isdigit() and len(form) < 4)}


def shown_texts(content: Mapping[str, Any], accession_number: str, *, blind: bool) -> dict[str, str]:
    """The free texts of a frozen revision as an assessor may read them; the patient is always hidden."""
    secrets = patient_secrets(content, accession_number)
    if blind:
        secrets |= people_secrets(content)
    return {field: hide(content.get(field), secrets) for field in TEXTS}


def shown_system(system: str, content: Mapping[str, Any], *, blind: bool) -> str:
    """The label of the stratum; blind, of the one that the examination suggests.

    The stratum may have been set by the disease of the outcome (a chest CT counted as 循环).
    """
    if blind:
        parts = ("examination_name", "body_part", "impression")
        system = system_of_examination(*(content.get(part) or "" for part in parts))
    return SYSTEM_ZH.get(system, system)
