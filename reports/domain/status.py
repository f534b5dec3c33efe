"""Recognise from the status in an export whether a report is final (4.5).

Status values differ between vendors and change, so an unfinished or withdrawn report is recognised by parts
of the value. Any other value is final, and so is a report whose export has no status.
"""

import re
import unicodedata
from functools import lru_cache

# 未打印, 待取 concern the printout: the term after 未 or 待 is not a step of writing or signing.
_PAPER = "打印|打|读|阅|查看|取|领|发放胶片|归档|上传|缴费|收费"
_UNFINISHED = re.compile(
    rf"未(?!{_PAPER})|待(?!{_PAPER})|不通过|初步|初写|初稿|初审|一审|草|暂存|临时|预报告|缓发|中$"
    r"|已(?:书写|写|提交|登记|预约|到检|签到|检查|拍片|摄片|分配|分诊)$"
    r"|退回|驳回|打回|撤|回收|召回|废|无效|取消|删"
    r"|draft|prelim|partial|pending|temporary|incomplete|in.?progress|\bnot\b|\bun(?:verif|sign|approv|read|report|final)"
    r"|cancel|void|delet|reject|withdraw|recall|dictated|transcribed|scheduled|registered|arrived",
    re.I,
)
_STRETCHED = re.compile(r"(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff])")
# One-character values: answers to 是否审核, and HL7 codes of an unfinished or cancelled result.
_SIGNS = frozenset(["否", "不", "无", "0", "N", "NO", "FALSE", *"PRISOXD"])


@lru_cache(maxsize=1024)  # an export has a handful of them
def is_final_status(status: str | None) -> bool:
    """True unless the status names an unfinished, returned or withdrawn report; None and "" are final."""
    plain = _STRETCHED.sub("", unicodedata.normalize("NFKC", status or "")).strip(" ()[]【】")
    return plain.upper() not in _SIGNS and not _UNFINISHED.search(plain)
