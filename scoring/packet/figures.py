"""Small-sample honesty for the packet: the rate, its interval, the chance of the penalty, in words."""

from fractions import Fraction

from audits.domain.concordance import Rate
from audits.domain.statistics import NO_DATA, penalty_chance, percent, wilson
from scoring.packet.parts import PenaltyChance, Statistics

BIAS = (
    "符合率只反映有手术结果或临床随访结局的受检者。这些受检者不是全部受检者的随机样本（证实偏倚），"
    "本数字不等于科室的诊断准确率。"
)
_TRUE_RATES = (98, 95, 90, 85)  # percent; around the standard's own line of 90 %


def statistics_of(rate: Rate) -> Statistics:
    """The packet's statistics from the counts of judgements (audits.domain.concordance.Rate)."""
    judged = rate.denominator
    interval = wilson(rate.numerator, judged)
    return Statistics(
        concordant=rate.concordant,
        partly=rate.partly,
        discordant=rate.discordant,
        undecidable=rate.undecidable,
        open=rate.open,
        rate=percent(rate.numerator, judged),
        interval=f"{interval.low:.1%}–{interval.high:.1%}" if interval else NO_DATA,
        chances=tuple(PenaltyChance(f"{true}%", _shown(true)) for true in _TRUE_RATES),
        sentences=_sentences(rate),
        bias=BIAS,
    )


def _shown(true: int) -> str:
    return f"{round(100 * penalty_chance(Fraction(true, 100)))}%"


def _sentences(rate: Rate) -> tuple[str, ...]:
    judged = rate.denominator
    interval = wilson(rate.numerator, judged)
    if interval is None:
        return ("尚无已评定的诊断结论，符合率无数据。",)
    sentences = [
        f"{judged}份报告中{rate.numerator}份符合（其中基本符合{rate.partly}份），"
        f"95%可信区间（Wilson）为{interval.low:.1%}–{interval.high:.1%}：份数少，单个季度的高低不代表趋势。",
        f"真实符合率为95%的科室，每季度抽10份仍有{_shown(95)}的机会触发-5分；真实符合率为90%时为{_shown(90)}。",
    ]
    if rate.partly:
        sentences.append(f"只计“符合”、不计“基本符合”时为{percent(rate.strict_numerator, judged)}。")
    return tuple(sentences)
