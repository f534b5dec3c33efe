"""The table of controls, in the order of GB/T 22239-2019 level 3, 8.1.4."""

from staff.security.domain.control import Chapter, Control
from staff.security.queries import data, identity, records

CHAPTERS = (
    Chapter(
        "8.1.4.1",
        "身份鉴别",
        (
            Control("T1", "没有缺省账号，初始密码一次有效", identity.first_passwords),
            Control("T2", "登录失败锁定", identity.lock_out),
            Control("T3", "密码复杂度与定期更换", identity.passwords),
            Control("T4", "会话超时退出", identity.sessions),
            Control("T5", "管理员双重验证", identity.second_factor),
            Control("T5", "重要操作前再次确认", identity.step_up),
            Control("T6", "鉴别信息传输保护", identity.secure_transport),
        ),
    ),
    Chapter(
        "8.1.4.2",
        "访问控制",
        (
            Control("T7", "三员分设", identity.three_administrators),
            Control("T7", "两人授权", identity.dual_control),
            Control("T4", "及时停用多余的、过期的账号", identity.unused_accounts),
            Control("A1", "缺省拒绝", identity.denied_by_default),
            Control("A1", "科室之间隔离", identity.foreign_refused),
            Control("A2", "盲法评审期间隐去结局与姓名", identity.blind_review),
        ),
    ),
    Chapter(
        "8.1.4.3",
        "安全审计",
        (
            Control("L1", "操作留痕不可改动", records.events_recorded),
            Control("L1", "数据库账号与所有者分开", records.database_owner),
            Control("L3", "查阅报告留痕", records.readings_recorded),
            Control("L2", "留痕校验与锚点", records.chain_verifies),
            Control("L3", "留痕与查阅记录的保存期限", records.retention),
        ),
    ),
    Chapter(
        "8.1.4.4",
        "入侵防范",
        (
            Control("T6", "浏览器安全策略与部署检查", data.browser_rules),
            Control("I1", "输入按数据处理", data.text_is_data),
            Control("I2", "导入文件的限制", data.spreadsheets),
            Control("I3", "导出单元格不成为公式", data.cells_are_text),
            Control("", "第三方组件", data.locked_packages),
        ),
    ),
    Chapter(
        "8.1.4.5",
        "恶意代码防范",
        (
            Control("I5", "上传文件不被执行", data.uploads),
            Control("", "主机恶意代码防护", data.antivirus),
        ),
    ),
    Chapter("8.1.4.6", "可信验证", (Control("", "可信验证", data.trusted_boot),)),
    Chapter(
        "8.1.4.7",
        "数据完整性",
        (
            Control("L2", "签发记录与留痕一致", records.records_verified),
            Control("P2", "迎检包签章", records.sealed_packets),
        ),
    ),
    Chapter(
        "8.1.4.8",
        "数据保密性",
        (
            Control("T6", "传输加密", identity.secure_transport),
            Control("F9", "数据目录权限", data.data_folder),
            Control("", "存储加密", data.disk_encryption),
        ),
    ),
    Chapter("8.1.4.9", "数据备份恢复", (Control("F8", "备份与恢复演练", records.backups),)),
    Chapter("8.1.4.10", "剩余信息保护", (Control("T6", "不留缓存，到期删除", data.residual),)),
    Chapter(
        "8.1.4.11",
        "个人信息保护",
        (
            Control("A3", "身份信息默认遮盖", data.masking),
            Control("A3", "显示身份须说明理由并留痕", data.unmasking),
            Control("A4", "日志与网址不含身份", data.no_identity_in_logs),
        ),
    ),
)
