"""Labels of the trail for its own actions and for details that every app may record."""

from trail.labels import Labels

LABELS = Labels(
    actions={
        "trail.export": "导出操作留痕",
        "trail.anchor": "写入留痕锚点",
        "trail.purge": "按保存期限清除留痕",
    },
    details={
        "department": "科室",
        "changed": "改动",
        "reason": "理由",
        "created": "新增",
        "updated": "修订",
        "unchanged": "无变化",
        "refused": "拒收",
        "pending": "待核对",
        "source": "来源",
        "kind": "类别",
        "from": "原为",
        "to": "改为",
        "sha256": "文件校验值",
        "file": "文件",
        "file_name": "文件名",
        "size": "大小",
        "hash": "校验值",
        "anchor_seq": "锚点所记序号",
        "anchors": "锚点文件行数",
        "filename": "文件名",
        "rows": "行数",
        "purpose": "用途",
        "through_seq": "清除至序号",
        "cut": "清除条数",
        "kept": "保留条数",
        "kept_hash": "保留部分的校验值",
        "asked_by": "申请人",
        "confirmed_by": "确认人",
        "result": "结果",
    },
)
