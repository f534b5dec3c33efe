"""The trail in words: what each action, object and detail is called. A test holds the list complete."""

from typing import Any

ACTIONS = {
    "staff.sign_in": "登录",
    "staff.sign_out": "退出",
    "staff.lock_out": "登录被暂停（多次输错密码）",
    "staff.account_create": "建立账号",
    "staff.account_change": "修改账号",
    "staff.account_enable": "启用账号",
    "staff.account_disable": "停用账号",
    "staff.password_change": "修改密码",
    "staff.password_reset": "重置密码",
    "staff.role_grant": "授予角色",
    "staff.role_revoke": "撤销角色",
    "staff.institution_create": "登记机构",
    "staff.department_create": "建立科室",
    "staff.department_change": "修改科室",
    "access.refused": "访问其他科室的内容被拒",
    "reports.upload": "上传文件",
    "reports.map_columns": "确认列对应",
    "reports.import": "导入检查报告",
    "reports.import_cancelled": "放弃导入",
    "reports.export": "下载导出文件",
    "reports.unmask": "显示受检者身份信息",
    "reports.set_system": "更改系统归类",
    "outcomes.import": "导入结局",
    "outcomes.record": "登记结局",
    "outcomes.match": "核对结局",
    "audits.open": "建立抽样",
    "audits.extend": "延长抽样窗口",
    "audits.draw": "抽取病例",
    "audits.download_draw": "下载抽样文件",
    "audits.replace": "更换病例",
    "audits.cancel": "作废抽样",
    "audits.assign": "分配评审医师",
    "audits.rule_description": "评定描述",
    "audits.reveal_outcome": "揭示结局",
    "audits.rule_conclusion": "评定结论",
    "audits.take_arbitration": "接手仲裁",
    "audits.settle": "评审完成",
    "scoring.create": "建立评分表",
    "scoring.take_level": "按现行机构级别重算评分表",
    "scoring.set_row": "评定评分表的一行",
    "scoring.add_evidence": "登记佐证材料",
    "scoring.change_evidence": "修改佐证材料",
    "scoring.remove_evidence": "移除佐证材料",
    "scoring.submit": "提交评分表",
    "scoring.return": "退回评分表",
    "scoring.sign": "签发评分表",
    "scoring.correct": "更正评分表（新版）",
    "scoring.grant_packet": "授权下载迎检包",
    "scoring.revoke_grant": "撤销迎检包授权",
    "scoring.download_packet": "下载迎检包",
}

TARGETS = {
    "staff.user": "账号",
    "staff.department": "科室",
    "staff.institution": "机构",
    "reports.report": "检查报告",
    "reports.outcome": "结局",
    "reports.importbatch": "导入批次",
    "reports.importsource": "导入来源",
    "audits.audit": "抽样",
    "audits.case": "病例",
    "audits.review": "评审",
    "scoring.sheet": "评分表",
    "scoring.packetgrant": "迎检包授权",
    "scoring.packetfile": "迎检包文件",
}

RESULTS = {"done": "完成", "refused": "被拒"}

# Keys of `detail`, by any app.
LABELS = {
    "username": "账号",
    "role": "角色",
    "until": "有效期至",
    "department": "科室",
    "code": "代码",
    "name": "名称",
    "institution": "机构",
    "level": "级别",
    "changed": "改动",
    "needs": "所需权限",
    "reason": "理由",
    "created": "新增",
    "updated": "修订",
    "unchanged": "无变化",
    "refused": "拒收",
    "pending": "待核对",
    "source": "来源",
    "kind": "类别",
    "report": "报告",
    "reports": "报告",
    "from": "原为",
    "to": "改为",
    "sha256": "文件校验值",
    "file": "文件",
    "file_name": "文件名",
    "size": "大小",
    "seed": "种子",
    "hash": "校验值",
    "full_name": "姓名",
    "staff_number": "工号",
    "aliases": "报告署名",
    "one_step_reporting": "一步式报告",
    "window": "窗口",
    "assessors": "评审医师",
    "row": "行",
    "title": "资料名称",
    "label": "期间",
    "number": "版次",
    "total": "合计得分",
    "verdict": "判定",
    "state": "评定",
    "remark": "备注",
    "inspector": "检查专家",
    "position": "序号",
    "readers": "每例评审人数",
    "pool_size": "合格名单",
    "forgotten": "已清除记住的列",
    "filename": "文件名",
    "dated_on": "日期",
    "note": "说明",
}


def action_words(action: str) -> str:
    """What an action is called; one that has no name yet is shown as it is."""
    return ACTIONS.get(action, action)


def detail_words(detail: dict[str, Any]) -> list[tuple[str, str]]:
    """(label, text) of everything an event tells. A pair of old and new reads 甲 → 乙; nothing reads 无."""
    changed = detail.get("changed")
    if isinstance(changed, dict):
        rest = {key: value for key, value in detail.items() if key != "changed"}
        moves = [(LABELS.get(key, key), _move(pair)) for key, pair in changed.items()]
        return detail_words(rest) + moves
    return [(LABELS.get(key, key), _text(value)) for key, value in detail.items()]


def _move(pair: Any) -> str:
    return " → ".join(_text(part) for part in pair) if isinstance(pair, list) else _text(pair)


def _text(value: Any) -> str:
    if value is None or value in ("", [], {}):
        return "无"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(_text(part) for part in value)
    if isinstance(value, dict):
        return "，".join(f"{LABELS.get(key, key)} {_text(part)}" for key, part in value.items())
    return str(value)
