"""The kinds of this app, registered for the page of retention."""

from reports.retention import actions
from staff.access.retention import Kind, register_kind

_RECORDS = "《医疗机构管理条例实施细则》第五十三条：门诊病历保存不少于15年（原件在RIS，此处为质控副本）"
_LOGS = "《网络安全法》第二十一条：日志留存不少于六个月"
_FILES = "导入结果已入库，原文件仅供更正导入"


def register() -> None:
    """Register them; once, when the app is made ready."""
    count, purge = actions.count_reports, actions.purge_reports
    register_kind(Kind("reports", "检查报告及其结局、申请单、危急值记录", 5479, 365, _RECORDS, count, purge))
    count, purge = actions.count_readings, actions.purge_readings
    register_kind(Kind("readings", "读取记录", 1096, 184, _LOGS, count, purge))
    count, purge = actions.count_files, actions.purge_files
    register_kind(Kind("import_files", "已完成导入的原文件", 365, 30, _FILES, count, purge, by_schedule=True))
