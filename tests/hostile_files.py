"""Heads and rows of each kind of file, and what spoils a whole file or one cell of it, with what is said."""

from tests.spreadsheets.packages import number, package, rows, shared, text

KINDS = {
    "reports": (
        [
            "检查号",
            "姓名",
            "受检者ID",
            "检查时间",
            "设备类型",
            "检查部位",
            "影像描述",
            "诊断结论",
            "报告时间",
        ],
        [
            "B0001",
            "张三丰",
            "P1",
            "2026-10-12 09:30",
            "CT",
            "胸部",
            "右肺见结节。",
            "1、右肺结节。",
            "2026-10-12 10:00",
        ],
    ),
    "outcomes": (
        ["检查号", "姓名", "受检者ID", "结局来源", "结局日期", "结局内容"],
        ["B0001", "张三丰", "P1", "病理", "2026-10-20", "腺癌"],
    ),
    "requests": (
        ["检查号", "姓名", "受检者ID", "申请单号", "检查目的", "申请时间"],
        ["B0001", "张三丰", "P1", "Q1", "复查", "2026-10-12 09:30"],
    ),
    "alerts": (
        ["检查号", "姓名", "受检者ID", "危急值内容", "通知时间", "接收人"],
        ["B0001", "张三丰", "P1", "气胸", "2026-10-12 09:30", "护士甲"],
    ),
}
REGISTER = (["工号", "姓名", "职称", "操作设备类别"], ["J11", "吕工测", "技师", "CT、DR"])
WHOLE = {
    "far_cell": (
        lambda head: package(
            rows(head) + f'<row r="1048576">{text("甲", "XFD1048576")}</row>', folder="data"
        ),
        "工作表的范围达1048576行×16384列",
    ),
    "row_of_ten_digits": (
        lambda head: package(rows(head) + f'<row r="4294967295">{text("甲")}</row>'),
        "工作表的范围达4294967295行×1列",
    ),
    "shared_text": (
        lambda head: package(
            rows(head) + ("<row>" + '<c t="s"><v>0</v></c>' * 300 + "</row>") * 10,
            strings=shared("肺" * 25_000),
        ),
        "文字合计超过5000万字",
    ),
    "columns": (lambda head: ("甲," * 20_000).encode(), "第1行有20001列，上限为500列"),
}
CELLS = {
    "half_a_character": (text("双肺_xD83D_"), "含有不完整的字符，无法保存"),
    "infinite": (number("1e999"), "是无法保存的数值“1e999”"),
    "formula": ("<c><f>A1</f></c>", "是公式，文件没有存下它的结果"),
    "error": ('<c t="e"><v>#SPILL!</v></c>', "错误值"),
    "digits_beyond": (number("123456789012345678"), "丢失"),
}
