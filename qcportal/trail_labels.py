"""Labels of the project's own actions in the trail."""

from staff.security.queries.backups import BACKUP, RESTORE_DRILL
from trail.labels import Labels

LABELS = Labels(
    actions={
        BACKUP: "备份",
        RESTORE_DRILL: "恢复演练",
    },
    details={
        "seconds": "用时（秒）",
        "places": "存放份数",
        "copy_error": "第二份未完成的原因",
        "backups_removed": "删除的旧备份数",
        "drill_problems": "发现的问题",
        "files_restored": "恢复的文件数",
    },
)
