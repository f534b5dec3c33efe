"""What a signed PDF carries beside its data so that it can be checked with nothing else."""

from django.conf import settings

from scoring.content.document import PacketDocument
from scoring.content.json_schema import schema_text

SCRIPT = "recheck_packet.py"
SCHEMA_FILE = "packet.schema.json"


def companions(document: PacketDocument) -> tuple[tuple[str, bytes, str], ...]:
    """(name, bytes, description): from schema 4 on, the short program and the description of the JSON."""
    if document.schema_number < 4:
        return ()
    script = (settings.BASE_DIR / "docs" / SCRIPT).read_bytes()
    return (
        (SCRIPT, script, "重抽、重算的短程序（Python 3，只用标准库）"),
        (SCHEMA_FILE, schema_text().encode(), "迎检包数据的结构说明（JSON Schema）"),
    )
