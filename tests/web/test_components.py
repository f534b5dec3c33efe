"""The components print what they were given, and say so when they were given nothing."""

import html
import re
from types import SimpleNamespace

import django_tables2 as tables
import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory

from exporting.listing import ListPage

REPORT = {
    "accession_number": "MR001",
    "patient_name": "受检*",
    "sex": "女",
    "age": "72岁",
    "requesting_department": "神经内科",
    "clinical_diagnosis": "头晕",
    "examination_name": "头颅MRI平扫",
    "examined_at_text": "2025-07-08 10:24",
    "technique": "扫描范围：颅顶至颅底",
    "findings": "头颅形态如常。\n中线结构无偏移。",
    "impression": "1、未见异常。",
    "reporting_physician": "书写甲",
    "reviewing_physician": "审核乙",
    "reported_at_text": "2025-07-08 15:02",
    "institution_name": "示例医院",
}


def shown(name: str, **context) -> str:
    request = RequestFactory().get("/list/", context.pop("query", {}))
    return render_to_string(f"components/{name}", context, request=request)


def words(markup: str) -> str:
    """What a reader sees, runs of blanks as one."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", markup)).split())


def report_page(report: dict, **context) -> str:
    return shown("_report_a1.html", report=SimpleNamespace(**report), **context)


def test_report_a1_whole_report_reads_in_the_order_of_table_a1():
    assert words(report_page(REPORT)) == (
        "示例医院放射影像检查报告 检查号 MR001 姓名 受检* 性别 女 年龄 72岁 科别 神经内科 临床诊断 头晕 "
        "检查名称 头颅MRI平扫 检查时间 2025-07-08 10:24 技术参数 扫描范围：颅顶至颅底 "
        "影像描述： 头颅形态如常。 中线结构无偏移。 诊断结论： 1、未见异常。 "
        "报告医师： 书写甲 审核医师： 审核乙 报告时间： 2025-07-08 15:02"
    ).replace("： 书写甲", "：书写甲").replace("： 审核乙", "：审核乙").replace("报告时间： ", "报告时间：")


def test_report_a1_empty_report_says_no_data_for_every_element():
    assert words(report_page(dict.fromkeys(REPORT))).count("无数据") == 14


def test_report_a1_blind_hides_patient_and_physicians_only():
    seen = words(report_page(REPORT, blind=True))
    assert [name for name in ("受检*", "书写甲", "审核乙") if name in seen] == []
    assert seen.count("＊＊") == 3
    assert "MR001" in seen
    assert "1、未见异常。" in seen


def test_report_a1_hidden_conclusion_is_not_in_the_page():
    assert "未见异常" not in report_page(REPORT, hide_conclusion=True)


def test_report_a1_text_with_markup_is_escaped():
    page = report_page(REPORT | {"findings": "<script>x</script>大小<2cm"})
    assert "<script>" not in page
    assert "&lt;script&gt;x&lt;/script&gt;大小&lt;2cm" in page


SEGMENTS = [
    SimpleNamespace(text="头颅形态如常。\n", kind="", title=""),
    SimpleNamespace(text="中线", kind="hard", title="6.4.3.3"),
    SimpleNamespace(text="结构无偏移。", kind="", title=""),
]


def _field(page: str, name: str = "findings") -> str:
    """What stands in the element of the text, from which the browser takes its offsets."""
    return re.search(rf'data-field="{name}">(.*?)</span>', page, re.S).group(1)


def test_report_a1_segments_keep_the_text_exactly():
    field = _field(report_page(REPORT, marks={"findings": SEGMENTS}))
    marked = [" ".join(mark.split()) for mark in re.findall(r"<mark[^>]*>[^<]*</mark>", field)]
    assert marked == ['<mark class="hard" title="6.4.3.3" >中线</mark>']
    assert html.unescape(re.sub(r"<[^>]+>", "", field)) == REPORT["findings"]


MARKED_TEXTS = ("clinical_diagnosis", "examination_name", "technique", "findings", "impression")


@pytest.mark.parametrize("name", MARKED_TEXTS)
def test_report_a1_each_text_is_cut_into_its_own_segments_and_no_other(name):
    cut = [
        SimpleNamespace(text="大小<", kind="", title="", id="", label=""),
        SimpleNamespace(text="2cm\n", kind="soft", title="6.4.3.2", id="7 9", label="①"),
        SimpleNamespace(text="。", kind="off", title="", id="", label=""),
    ]
    page = report_page(REPORT, marks={name: cut})
    attributes = [" ".join(tag.split()) for tag in re.findall(r"<mark([^>]*)>", _field(page, name))]
    assert attributes == ['class="soft" title="6.4.3.2" data-finding="7 9" data-label="①"', 'class="off"']
    assert html.unescape(re.sub(r"<[^>]+>", "", _field(page, name))) == "大小<2cm\n。"
    others = {other: _field(page, other) for other in MARKED_TEXTS if other != name}
    assert others == {other: REPORT[other] for other in others}


def test_report_a1_plain_text_keeps_the_text_exactly():
    assert _field(report_page(REPORT)) == REPORT["findings"]


def _listed(**values) -> ListPage:
    rows = SimpleNamespace(rows=[None] * 25)
    given = {
        "table": rows,
        "number": 2,
        "size": 25,
        "count": 60,
        "capped": False,
        "has_next": True,
        "query": "q=a",
    }
    return ListPage(**(given | values))


def test_pager_middle_page_says_where_it_stands():
    page = shown("_pager.html", page=_listed(), query={"q": "a", "page": "2"})
    assert words(page) == "第 26–50 条，共 60 条 每页 25 50 100 上一页 第 2 页 下一页"
    assert re.findall(r' href="([^"]+)"', page) == [
        "?q=a&amp;per_page=50",
        "?q=a&amp;per_page=100",
        "?q=a&amp;page=1",
        "?q=a&amp;page=3",
    ]


def test_pager_capped_count_says_more():
    assert "共 10 000+ 条" in words(shown("_pager.html", page=_listed(count=10_000, capped=True)))


def test_pager_only_page_has_no_moves():
    only = _listed(number=1, has_next=False, table=SimpleNamespace(rows=[None] * 3), count=3)
    assert words(shown("_pager.html", page=only)) == "第 1–3 条，共 3 条 每页 25 50 100"


@pytest.mark.parametrize(
    ("verdict", "total", "expected"),
    [
        ("pass", 28, "合格 28 / 30 分"),
        ("fail", 20, "不合格 20 / 30 分"),
        ("fail", 0, "不合格 0 / 30 分"),
        ("insufficient_sample", None, "样本不足，不作判定"),
        ("unjudged_rows", None, "尚有未评项目，不作判定"),
        (None, None, "未评"),
    ],
)
def test_verdict_each_kind_says_its_word(verdict, total, expected):
    assert words(shown("_verdict.html", verdict=verdict, total=total)) == expected


def test_score_bar_zero_points_is_zero_and_not_unjudged():
    assert 'aria-label="得分 0，满分10"' in shown("_score_bar.html", score=0, max=10)


def test_score_bar_no_points_is_unjudged():
    assert 'aria-label="得分 未评，满分10"' in shown("_score_bar.html", score=None, max=10)


def test_kv_empty_value_says_no_data_and_zero_stays():
    assert words(shown("_kv.html", pairs=[("手术史", ""), ("版次", 0), ("年龄", None)])) == (
        "手术史 无数据 版次 0 年龄 无数据"
    )


def test_refusals_more_than_shown_says_how_many():
    given = [{"row": 7, "column": "", "reason": "整行没有检查号。"}]
    assert words(shown("_refusals.html", refusals=given, total=31)) == (
        "行 列 原因与处理 7 整行 整行没有检查号。 共 31 行被拒收，这里显示前 1 行；全部可下载。"
    )


def test_steps_current_step_is_named_to_readers():
    steps = [{"label": "导入", "state": "done"}, {"label": "评审", "state": "current", "note": "6/10"}]
    page = shown("_steps.html", steps=steps)
    assert words(page) == "已完成： 导入 评审 6/10"
    assert page.count('aria-current="step"') == 1


@pytest.mark.parametrize(("kind", "role"), [("error", "alert"), ("fail", "alert"), ("success", "status")])
def test_alert_refusal_interrupts_and_success_waits(kind, role):
    assert f'role="{role}"' in shown("_alert.html", kind=kind, text="内容")


def test_empty_icon_is_decoration_though_the_link_has_a_label():
    page = shown("_empty.html", title="还没有抽样", text="先导入报告。", url="/x/", label="去导入")
    assert re.findall(r"aria-label=\"([^\"]+)\"", page) == ["还没有抽样"]
    assert words(page) == "还没有抽样 先导入报告。 去导入"


class SmallTable(tables.Table):
    number = tables.Column(verbose_name="检查号")
    points = tables.Column(verbose_name="扣分", attrs={"th": {"class": "num"}, "td": {"class": "num"}})
    act = tables.Column(verbose_name="", orderable=False)

    class Meta:
        attrs = {"class": "list"}
        row_attrs = {"data-href": lambda record: f"/r/{record['number']}/"}


def table_page(order_by: tuple[str, ...], query: dict | None = None) -> str:
    table = SmallTable([{"number": "A1", "points": 2, "act": "查看"}], order_by=order_by)
    request = RequestFactory().get("/list/", query or {})
    table.request = request
    return render_to_string("django_tables2/qc.html", {"table": table, "request": request}, request=request)


def test_table_sorted_by_two_columns_announces_the_first():
    page = table_page(("-number", "points"))
    assert re.findall(r'aria-sort="(\w+)"', page) == ["descending"]
    assert page.index("aria-sort") < page.index("检查号")


def test_table_sort_link_keeps_the_filter_and_leaves_the_page_number():
    page = table_page(("number",), {"q": "a", "page": "3"})
    links = [html.unescape(link) for link in re.findall(r' href="([^"]+)"', page)]
    assert links == ["?q=a&sort=-number", "?q=a&sort=points"]
    assert [html.unescape(link) for link in re.findall(r'hx-get="([^"]+)"', page)] == links


def test_table_cells_keep_their_classes_and_rows_their_address():
    page = table_page(("number",))
    assert re.findall(r'data-href="([^"]+)"', page) == ["/r/A1/"]
    assert len(re.findall(r'<t[dh][^>]*class="[^"]*\bnum\b', page)) == 2
    assert words(page) == "检查号 扣分 操作 A1 2 查看"
