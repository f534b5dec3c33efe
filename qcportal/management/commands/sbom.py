"""manage.py sbom > sbom.cdx.json: the parts of this installation (CycloneDX)."""

import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from qcportal.server.sbom import sbom


class Command(BaseCommand):
    help = "打印本次安装的软件物料清单（CycloneDX JSON）。Prints the software bill of materials."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        base = settings.BASE_DIR
        found = sbom(base / "requirements.txt", base / "static/vendor/VERSIONS.txt")
        self.stdout.write(json.dumps(found, ensure_ascii=False, indent=2))
