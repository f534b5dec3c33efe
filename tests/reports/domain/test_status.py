"""Status words of many vendors: which reports are final."""

import pytest

from reports.domain.status import is_final_status

FINAL = """
已审核 已发布 已打印 已审核未打印 报告已完成 已报告 审核完成 终审 已终审 已签发 正式报告 已修订 审核通过
Final F C corrected completed verified signed 是 1 4 Y TRUE 待打印 未取
"""
UNFINISHED = """
草稿 初写 已书写 书写中 编辑中 审核中 修改中 未审核 待审核 未签发 未发布 未书写 未确认 待复核 待修改
初步报告 初审 已初审 暂存 临时报告 已提交 已登记 已检查 退回 审核退回 驳回 已撤销 撤回 召回 已回收 作废
已作废 无效 取消 已取消 已删除 审核不通过 （草稿） preliminary draft cancelled unverified P X 否 0 N
"""


@pytest.mark.parametrize("status", FINAL.split())
def test_status_of_a_finished_report_is_final(status: str) -> None:
    assert is_final_status(status) is True


@pytest.mark.parametrize("status", [*UNFINISHED.split(), "In Progress", "草 稿", "not verified"])
def test_status_of_an_unfinished_or_withdrawn_report_is_not_final(status: str) -> None:
    assert is_final_status(status) is False


@pytest.mark.parametrize("status", [None, "", "  "])
def test_report_without_a_status_is_final(status: str | None) -> None:
    assert is_final_status(status) is True
