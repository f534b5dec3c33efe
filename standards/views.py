"""Pages of the standard: no database, the edition is a value."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from staff.access.permissions import requires
from standards.clause_search import find_clauses
from standards.edition import Clause, Edition
from standards.forms import ClauseFilterForm
from standards.loader import current_edition


@requires("standards.view")
@require_GET
def clauses(request: HttpRequest) -> HttpResponse:
    """Every clause by chapter, filtered by a GET form."""
    edition = current_edition()
    form = ClauseFilterForm(request.GET, edition=edition)
    query = form.query()
    groups = find_clauses(edition, query)
    context = {
        "edition": edition,
        "form": form,
        "filtered": any(request.GET.get(name) for name in form.fields),
        "groups": groups,
        "shown": sum(len(group.clauses) for group in groups),
    }
    return render(request, "standards/clauses.html", context)


@requires("standards.view")
@require_GET
def clause(request: HttpRequest, number: str) -> HttpResponse:
    """One clause with its checks, its row of Table B.1, and the readings that cite it."""
    edition = current_edition()
    found = edition.clauses_by_number.get(number)
    if found is None:
        raise Http404(f"没有编号为 {number} 的条款。")
    place = edition.clauses.index(found)
    context = {
        "edition": edition,
        "clause": found,
        "chapter": next(chapter for chapter in edition.chapters if chapter.number == found.chapter),
        "checks": [(check, edition.gists_zh[check.code]) for check in found.how.checks],
        "rows": _rows_of(edition, found),
        "decisions": edition.decisions_on(found),
        "previous": edition.clauses[place - 1] if place else None,
        "next": edition.clauses[place + 1] if place + 1 < len(edition.clauses) else None,
    }
    return render(request, "standards/clause.html", context)


@requires("standards.view")
@require_GET
def scoresheet(request: HttpRequest) -> HttpResponse:
    """Table B.1 as printed, each row with the readings that concern it."""
    edition = current_edition()
    by_id = edition.decisions_by_id
    sheet = edition.sheet
    sections = [
        (section, [(row, [by_id[d] for d in row.decisions]) for row in sheet.section_rows(section.id)])
        for section in sheet.sections
    ]
    context = {
        "edition": edition,
        "sheet": sheet,
        "sections": sections,
        "verdict_decisions": [by_id[d] for d in sheet.verdict_decisions],
    }
    return render(request, "standards/scoresheet.html", context)


@requires("standards.view")
@require_GET
def decisions(request: HttpRequest) -> HttpResponse:
    """Every reading of an ambiguous passage."""
    return render(request, "standards/decisions.html", {"edition": current_edition()})


def _rows_of(edition: Edition, clause: Clause) -> list[object]:
    """The rows of Table B.1 that a clause concerns: its own row, or the row of its section of the report."""
    wanted = {"description": "2.1", "conclusion": "2.2"}.get(clause.appendix_b_row, clause.appendix_b_row)
    return [row for row in edition.sheet.rows if row.id == wanted]
