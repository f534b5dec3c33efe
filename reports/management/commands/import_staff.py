"""manage.py import_staff FILE --department CODE [--source NAME] [--mapping FILE] [--dry-run]"""

from reports.management.importing import ImportCommand


class Command(ImportCommand):
    help = (
        "导入人员登记表（医师、技师、放射防护培训、设备操作培训）。"
        "Prints {created, updated, unchanged, refused} as JSON, unused_columns where data has no meaning "
        "here and ignored for what was passed over; exit 0 done, 1 with refusals, 2 not run."
    )
    kind = "staff"
