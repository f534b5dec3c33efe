"""Labels of the project's own actions in the trail."""

from staff.security.queries.backups import BACKUP, RESTORE_DRILL
from trail.labels import Labels

LABELS = Labels(
    actions={
        BACKUP: "备份",
        RESTORE_DRILL: "恢复演练",
    },
)
