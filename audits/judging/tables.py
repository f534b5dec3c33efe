"""List of one's own reviews."""

from datetime import datetime

import django_tables2 as tables
from django_tables2.utils import A

from audits.judging.domain.blinding import shown_system
from audits.judging.domain.concordance import Judgement
from audits.judging.models import Review
from exporting.columns import tag


class ReviewTable(tables.Table):
    case = tables.Column(verbose_name="病例", order_by=("case__audit_id", "case__position"))
    period = tables.Column(
        verbose_name="期间", accessor="case__audit__label", order_by="case__audit__window_end"
    )
    system = tables.Column(verbose_name="系统", empty_values=(), orderable=False)
    modality = tables.Column(
        verbose_name="种类", accessor="case__get_modality_display", order_by="case__modality"
    )
    reader = tables.Column(verbose_name="评审次序")
    description_at = tables.Column(verbose_name="影像描述", empty_values=())
    conclusion_at = tables.Column(verbose_name="诊断结论", empty_values=())
    action = tables.Column(
        verbose_name="", empty_values=(), orderable=False, linkify=("audits:judge", {"pk": A("pk")})
    )

    class Meta:
        model = Review
        fields = ()
        order_by = ("case",)
        empty_text = "没有符合条件的评审。"
        attrs = {"class": "list"}

    def render_case(self, record: Review) -> str:
        return str(record.case)

    def render_system(self, record: Review) -> str:
        blind = record.outcome_seen_at is None
        return shown_system(record.case.system, record.case.revision.content, blind=blind)

    def render_description_at(self, record: Review) -> str:
        return part_tag(
            record.description_at, record.get_description_display(), record.description == "conforming"
        )

    def render_conclusion_at(self, record: Review) -> str:
        word = Judgement(record.judgement).zh if record.judgement else ""
        return part_tag(record.conclusion_at, word, record.judgement in ("concordant", "partly"))

    def render_action(self, record: Review) -> str:
        return "查看" if record.description_at and record.conclusion_at else "评审"


def part_tag(at: datetime | None, word: str, good: bool) -> str:
    """未评, or the ruling with its colour."""
    return tag("pass" if good else "fail", word) if at else tag("open", "未评")
