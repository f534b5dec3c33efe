"""manage.py import_requests FILE --department CODE [--source NAME] [--dry-run]"""

from reports.management.importing import ImportCommand


class Command(ImportCommand):
    help = "导入申请单（CSV、XLSX）。Prints {created, updated, unchanged, refused} as JSON."
    kind = "requests"
