"""Forms of the month's pages and of the measures."""

from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone

from audits.fields import choice_field, model_field, text_field
from audits.monthly.domain.monthly import MOST, SAMPLE_SIZE, months_back, previous_month
from audits.monthly.models import MonthlyCase
from staff.conflicts.forms import VersionForm
from staff.departments.models import Department

OFFERED_MONTHS = 24


class OpenMonthForm(forms.Form):
    """A past month, and the number of reports."""

    department = forms.ModelChoiceField(label="科室", queryset=Department.objects.none(), empty_label=None)
    month = forms.ChoiceField(label="月份", help_text="只列已结束的月份：名单须包括全月的报告。")
    size = forms.IntegerField(
        label="抽查份数",
        min_value=1,
        max_value=MOST,
        initial=SAMPLE_SIZE,
        help_text="标准只要求每月质控检查，未规定份数；份数少时看不出月间变化。",
    )

    repeat_reason = forms.CharField(
        label="再次抽查的理由",
        required=False,
        max_length=1000,
        help_text="这个月抽取过、后又作废的填写，检查过的须由科主任填写；理由显示在年历、记录和迎检包中。",
    )

    def __init__(self, *args: Any, departments: QuerySet[Department], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        model_field(self, "department").queryset = departments
        ended = reversed(months_back(previous_month(timezone.localdate()), OFFERED_MONTHS))
        choice_field(self, "month").choices = [
            (f"{day:%Y-%m}", f"{day.year}年{day.month}月") for day in ended
        ]

    def clean_month(self) -> date:
        return date.fromisoformat(f"{self.cleaned_data['month']}-01")


class CheckForm(VersionForm):
    """未见问题 or 有问题, and a remark."""

    verdict = forms.ChoiceField(
        label="检查结果",
        choices=[choice for choice in MonthlyCase.Verdict.choices if choice[0]],
        widget=forms.RadioSelect,
        error_messages={"required": "请选择“未见问题”或“有问题”。"},
    )
    remark = text_field("备注")


class NoReportsForm(VersionForm):
    """The circumstances of a month without a report."""

    summary = text_field("情况说明", required="请写明本月没有报告的情况。", max_length=1000)


class SummaryForm(VersionForm):
    """小结 with which a month is finished."""

    summary = text_field("小结", rows=4, required="请写明本月小结；没有发现问题也请写明。", max_length=4000)
