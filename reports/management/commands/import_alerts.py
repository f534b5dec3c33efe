"""manage.py import_alerts FILE --department CODE [--source NAME] [--dry-run]"""

from reports.management.importing import ImportCommand


class Command(ImportCommand):
    help = "导入危急值记录（CSV、XLSX）。Prints {created, updated, unchanged, refused} as JSON."
    kind = "alerts"
