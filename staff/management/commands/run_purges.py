"""manage.py run_purges: carries out confirmed purges that the app's role of the database may not."""

from typing import Any

from staff.access.retention import kinds
from staff.management.answers import AnswerCommand
from staff.retention.actions import run_hindered_purges


class Command(AnswerCommand):
    help = (
        "PostgreSQL：执行两人已确认、而应用角色无权执行的清除（操作留痕）。以数据表所有者的连接运行。"
        "Prints {purges: [{number, kind, status, removed, problem}]}."
    )

    def answer(self, options: dict[str, Any]) -> dict[str, Any]:
        done = run_hindered_purges()
        return {
            "purges": [
                {
                    "number": purge.pk,
                    "kind": kinds()[purge.kind].label,
                    "status": purge.get_status_display(),
                    "removed": purge.removed,
                    "problem": purge.problem,
                }
                for purge in done
            ]
        }
