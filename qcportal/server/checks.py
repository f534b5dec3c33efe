"""System check: the data folder is closed to other accounts of the machine."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import Warning, register

from qcportal.server.data_folder import open_to_others


@register()
def data_folder_is_private(app_configs: Any, **kwargs: Any) -> list[Warning]:
    database = settings.DATABASES["default"]
    elsewhere = [Path(database["NAME"])] if database["ENGINE"].endswith("sqlite3") else []
    found = open_to_others(settings.QC_DATA_DIR, *elsewhere)
    return [
        Warning(
            f"本机的其他账号可以读取 {path}，其中有患者资料。",
            hint=f"请以运行本系统的账号执行：chmod go-rwx {path}",
            id="qcportal.W001",
        )
        for path in dict.fromkeys(found)
    ]
