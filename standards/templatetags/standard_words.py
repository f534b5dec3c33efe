"""Template filters that give the labels of the standard's codes (see standards.wording)."""

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
    """Label of the level of a check."""
    return wording.LEVELS[code]


@register.filter
def row_effect(code: str) -> str:
    """Effect of a clause on its row of Table B.1; empty when there is none."""
    return wording.ROW_EFFECTS.get(code, "")
