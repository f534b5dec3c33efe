"""The page that shows every component with made-up values; it exists only on a developer's machine."""

import re
from types import SimpleNamespace
from typing import Any

import django_tables2 as tables
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, Submit
from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.html import format_html

from exporting.listing import ListPage
from staff.access.permissions import public

_SPRITE = settings.BASE_DIR / "static" / "icons.svg"


class SampleTable(tables.Table):
    """Numbers to the right, words to the left, one tag."""

    number = tables.Column(verbose_name="检查号", linkify=lambda: "#")
    name = tables.Column(verbose_name="检查名称")
    state = tables.Column(verbose_name="状态", orderable=False)
    points = tables.Column(
        verbose_name="扣分", attrs={"td": {"class": "num"}, "th": {"class": "num"}}, default="—"
    )

    class Meta:
        order_by = ("-number",)
        attrs = {"class": "list"}
        row_attrs = {"data-href": "#row"}

    def render_state(self, value: tuple[str, str]) -> str:
        return format_html('<span class="tag {}">{}</span>', *value)


class SampleForm(forms.Form):
    kind = forms.ChoiceField(label="结局来源", choices=(("", "请选择"), ("a", "手术病理"), ("b", "影像随访")))
    day = forms.DateField(label="结局日期", widget=forms.DateInput(attrs={"type": "date"}))
    text = forms.CharField(
        label="结局内容", widget=forms.Textarea(attrs={"rows": 2}), help_text="病理诊断原文。"
    )
    sure = forms.BooleanField(label="已核对受检者", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.layout = Layout("kind", "day", "text", "sure")
        self.helper.add_input(Submit("submit", "登记结局"))


def _page(request: HttpRequest) -> ListPage:
    rows = [
        {"number": "CT2500318", "name": "胸部CT平扫", "state": ("pass", "已签发"), "points": None},
        {"number": "MR2500317", "name": "头颅MRI平扫+增强", "state": ("due", "未签发"), "points": 1},
        {"number": "DR2500316", "name": "右膝关节正侧位", "state": ("open", "未评"), "points": None},
    ]
    table = SampleTable(rows)
    table.request = request
    return ListPage(table, 2, 25, 10_000, True, True, "q=CT")


def _report() -> SimpleNamespace:
    return SimpleNamespace(
        accession_number="MR2500317",
        patient_name="王*",
        sex="女",
        age="72岁",
        requesting_department="神经内科",
        clinical_diagnosis="头晕",
        examination_name="头颅MRI平扫+增强",
        examined_at_text="2025-07-08 10:24",
        technique="扫描范围：颅顶至颅底；横断位：T1WI，T2WI，FLAIR，DWI；冠状位、矢状位：T1WI+C",
        findings="",
        impression="1、右侧顶部脑膜瘤；\n2、多发腔隙性梗死。",
        reporting_physician="书写甲",
        reviewing_physician=None,
        reported_at_text="2025-07-08 15:02",
        institution_name="示例医院",
        report_title="",
    )


def _segment(text: str, kind: str = "", title: str = "") -> SimpleNamespace:
    return SimpleNamespace(text=text, kind=kind, title=title)


def _step(label: str, state: str, note: str = "") -> SimpleNamespace:
    return SimpleNamespace(label=label, state=state, note=note)


def _context(request: HttpRequest) -> dict[str, Any]:
    now = timezone.now()
    return {
        "icons": re.findall(r'id="i-([a-z-]+)"', _SPRITE.read_text(encoding="utf-8")),
        "steps": [
            _step("报告导入", "done"),
            _step("抽样", "done", "10份"),
            _step("评审", "current", "6/10"),
            _step("评分表", "todo"),
        ],
        "pairs": [("检查号", "MR2500317"), ("科别", "神经内科"), ("手术史", None)],
        "page": _page(request),
        "refusals": [
            {
                "row": 7,
                "column": "检查时间",
                "reason": "“2025-13-02”不是日期，应为2025-12-02这样的年月日；请改正后重新导入。",
            },
            {"row": 12, "column": "", "reason": "整行没有检查号，无法入库；请在RIS中补全。"},
        ],
        "report": _report(),
        "marks": {
            "findings": [
                _segment("头颅形态如常。右侧顶部见类圆形异常信号，大小约2.4cm×1.8cm，"),
                _segment("信号不高", "hard", "6.4.3.3 信号分度"),
                _segment("，增强后"),
                _segment("明显强化", "soft", "6.4.3.4 强化程度"),
                _segment("。\n中线结构无偏移。"),
            ]
        },
        "events": [
            {"title": "提交", "who": "测一鸣 1007", "at": now, "note": "", "kind": ""},
            {"title": "退回", "who": "任主任 1001", "at": now, "note": "请补充1.3的随访记录", "kind": "fail"},
        ],
        "form": SampleForm({"kind": "", "day": "x", "text": "…"}),
        "clean_form": SampleForm(prefix="clean"),
    }


@public
def styleguide(request: HttpRequest) -> HttpResponse:
    return render(request, "styleguide.html", _context(request))
