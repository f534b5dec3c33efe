"""Search of clauses, grouped by chapter."""

import unicodedata
from dataclasses import dataclass

from standards.edition import Chapter, Clause, Edition
from standards.wording import force_group


@dataclass(frozen=True)
class ClauseQuery:
    """Values of the filter form; an empty value matches everything."""

    chapter: str = ""
    force: str = ""
    verification: str = ""
    text: str = ""


@dataclass(frozen=True)
class ChapterClauses:
    """A chapter with its matching clauses."""

    chapter: Chapter
    clauses: tuple[Clause, ...]


def find_clauses(edition: Edition, query: ClauseQuery) -> tuple[ChapterClauses, ...]:
    """Chapters in printed order; a chapter without a hit is left out."""
    hits = [clause for clause in edition.clauses if _matches(edition, clause, query)]
    groups = (
        ChapterClauses(chapter, tuple(clause for clause in hits if clause.chapter == chapter.number))
        for chapter in edition.chapters
    )
    return tuple(group for group in groups if group.clauses)


def _matches(edition: Edition, clause: Clause, query: ClauseQuery) -> bool:
    return (
        query.chapter in ("", clause.chapter)
        and query.force in ("", force_group(clause))
        and query.verification in ("", clause.verification)
        and _folded(query.text) in _folded(_searchable(edition, clause))
    )


def _searchable(edition: Edition, clause: Clause) -> str:
    gists = (edition.gists_zh[check.code] for check in clause.how.checks)
    parts = (clause.number, clause.label_in_draft, clause.title_zh, clause.text_zh, *gists)
    # Joined by line breaks, which folding preserves: no hit may span two parts.
    return "\n".join(parts)


def _folded(text: str) -> str:
    """Fold width, case and blanks: the draft writes WS/T391 with and without a blank."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split(" "))
