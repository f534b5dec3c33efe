"""Template filters that put the standard's codes into words (see standards.wording)."""

from django import template

from standards import wording
from standards.edition import Clause, Duty

register = template.Library()


@register.filter
def force(clause: Clause | Duty) -> wording.Word:
    """应, 宜, 可 … of a clause or a duty."""
    return wording.force_word(clause)


@register.filter
def verification(code: str) -> wording.Word:
    """自动, 辅助, 人工, 资料."""
    return wording.verification_word(code)


@register.filter
def level(code: str) -> str:
    """What a hit of a check means."""
    return wording.LEVELS[code]


@register.filter
def row_effect(code: str) -> str:
    """What a clause does to its row of Table B.1; empty when nothing."""
    return wording.ROW_EFFECTS.get(code, "")
