"""manage.py import_reports FILE --department CODE [--source NAME] [--dry-run]"""

from reports.management.importing import ImportCommand


class Command(ImportCommand):
    help = "导入检查报告（CSV、XLSX）。Prints {created, updated, unchanged, completed, refused} as JSON."
    kind = "reports"
