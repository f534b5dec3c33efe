"""The trail in words: what each action, object and detail is called. A test holds the list complete."""

from collections.abc import Mapping
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
    "staff.member_add": "登记人员",
    "staff.member_change": "修改人员登记",
    "staff.member_exempt": "放射防护培训标为不适用",
    "staff.member_exempt_lift": "取消放射防护培训的不适用",
    "staff.record_add": "登记资质",
    "staff.record_submit": "提交资质证书",
    "staff.record_approve": "确认资质证书",
    "staff.record_reject": "不采纳资质证书",
    "staff.record_withdraw": "撤销资质记录",
    "staff.download_scan": "下载资质扫描件",
    "staff.download_calendar": "下载资质到期日历",
    "staff.remind": "发送资质到期提醒邮件",
    "staff.group_add": "建立专业组",
    "staff.group_change": "修改专业组",
    "staff.group_remove": "撤销专业组",
    "staff.import_register": "导入人员登记表",
    "staff.register_try_out": "试导入人员登记表",
    "staff.export_register": "导出人员登记表",
    "staff.export_qualified": "导出资质例外清单",
    "access.refused": "访问其他科室的内容被拒",
    "reports.upload": "上传文件",
    "reports.map_columns": "确认列对应",
    "reports.import": "导入检查报告",
    "reports.try_out": "试导入文件",
    "reports.commit": "确认写入文件",
    "reports.import_cancelled": "放弃导入",
    "reports.export": "导出检查报告清单或拒收行",
    "reports.unmask": "显示受检者身份信息",
    "reports.set_system": "更改系统归类",
    "reports.check": "文本检查",
    "reports.recheck": "重新检查全部报告",
    "reports.rule_finding": "核对文本检查提示",
    "reports.export_findings": "导出文本检查提示清单",
    "reports.demote_rule": "规则降为提示（准确率低）",
    "reports.restore_rule": "恢复规则",
    "reports.switch_rule": "启用或停用规则",
    "reports.keep_lines": "设置来源是否保留换行",
    "reports.add_check_token": "建立检查接口令牌",
    "reports.revoke_check_token": "停用检查接口令牌",
    "outcomes.export": "导出结局清单",
    "audits.export": "导出抽样清单",
    "sheets.export": "导出评分表清单",
    "trail.export": "导出操作留痕",
    "outcomes.import": "导入结局",
    "requests.import": "导入申请单",
    "alerts.import": "导入危急值记录",
    "outcomes.record": "登记结局",
    "outcomes.match": "核对结局",
    "outcomes.rematch": "为待核对的结局重新查找报告",
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
    "audits.reopen": "重开评审",
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
    "scoring.packet_rendered": "生成迎检包文件",
    "scoring.packet_damaged": "迎检包文件被改动，已按签发内容重新生成",
    "scoring.write_packet": "用命令写出迎检包",
}

TARGETS = {
    "staff.user": "账号",
    "staff.department": "科室",
    "staff.institution": "机构",
    "staff.member": "人员",
    "staff.registerbatch": "人员登记表",
    "staff.qualification": "资质记录",
    "staff.subspecialtygroup": "专业组",
    "reports.report": "检查报告",
    "reports.outcome": "结局",
    "reports.importbatch": "导入批次",
    "reports.importsource": "导入来源",
    "reports.finding": "文本检查提示",
    "reports.checkrun": "重新检查",
    "reports.checktoken": "检查接口令牌",
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
    "completed": "补全",
    "from_row": "自第几行起",
    "moved": "重新匹配",
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
    "added": "新分配",
    "removed": "取消分配",
    "unassigned": "未能分配",
    "reviews": "评审",
    "before": "原评定",
    "judgement": "判定",
    "error_kind": "错误类型",
    "clauses": "条款",
    "texts": "改写的文字",
    "pool": "合格名单份数",
    "drawn": "抽中",
    "cut_off": "结局截止日",
    "list_sha256": "名单校验值",
    "digest": "校验值",
    "seed_given": "种子由人给定",
    "corrects": "更正的版本",
    "draft": "草稿",
    "files": "文件",
    "reopened": "重开评审",
    "finding": "核对结果",
    "confirmed": "确认",
    "judged": "已核对",
    "enabled": "启用",
    "rules_version": "规则版本",
    "keeps_lines": "保留换行",
    "member": "人员",
    "members": "成员",
    "lead": "组长",
    "group": "专业组",
    "job_title": "职称",
    "modalities": "操作设备类别",
    "entered_on": "入职日期",
    "left_on": "离职日期",
    "is_active": "在岗",
    "type": "资质类别",
    "issued_on": "日期",
    "recipients": "收件人数",
    "rows": "行数",
}

# Codes of `detail`, by the key they stand under.
_LEVELS = {"tertiary": "三级医院", "secondary": "二级医院", "other": "其他医疗机构"}
_DESCRIBED = {"conforming": "规范", "nonconforming": "不规范"}
_STATES = {"met": "齐备", "incomplete": "不完整", "absent": "缺"}
VALUES: Mapping[str, Mapping[str, str]] = {
    "until": {"": "长期"},
    "department": {"": "全部科室"},
    "level": _LEVELS,
    "before": _DESCRIBED,
    "verdict": _DESCRIBED
    | {"pass": "合格", "fail": "不合格", "insufficient_sample": "样本不足", "unjudged_rows": "尚有未评项目"},
    "judgement": {
        "concordant": "符合",
        "partly": "基本符合",
        "discordant": "不符合",
        "undecidable": "无法判定",
    },
    "error_kind": {"none": "无差错", "missed": "漏诊", "misdiagnosed": "误诊", "overcalled": "过诊"},
    "texts": {"reason": "扣分理由", "remark": "备注"},
    "kind": {"reports": "检查报告", "outcomes": "结局", "requests": "申请单", "alerts": "危急值记录"}
    | {"physician": "医师", "technologist": "技师"},
    "state": _STATES,
    "finding": {"open": "待核对", "confirmed": "已确认", "dismissed": "已驳回"},
}


def action_words(action: str) -> str:
    """What an action is called; one that has no name yet is shown as it is."""
    return ACTIONS.get(action, action)


Words = Mapping[str, Mapping[str, str]]


def detail_words(detail: Mapping[str, Any], more: Words | None = None) -> list[tuple[str, str]]:
    """(label, text) of everything an event tells. A pair of old and new reads 甲 → 乙; nothing reads 无.

    `more`: words for codes that only a later app knows (role names), by the key they stand under.
    """
    words = {**VALUES, **(more or {})}
    pairs: list[tuple[str, str]] = []
    for key, value in detail.items():
        if key == "changed" and isinstance(value, dict):
            pairs += [
                (LABELS.get(name, name), _move(pair, words.get(name, {}))) for name, pair in value.items()
            ]
        else:
            pairs.append((LABELS.get(key, key), _text(value, words.get(key, {}))))
    return pairs


def _move(pair: Any, codes: Mapping[str, str]) -> str:
    if isinstance(pair, list):
        return " → ".join(_text(part, codes) for part in pair)
    return _text(pair, codes)


def _text(value: Any, codes: Mapping[str, str]) -> str:
    if value is None or value in ("", [], {}):
        return codes.get("", "无")
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(_text(part, codes) for part in value)
    if isinstance(value, dict):
        return "，".join(f"{LABELS.get(key, key)} {_text(part, codes)}" for key, part in value.items())
    return codes.get(str(value), str(value))
