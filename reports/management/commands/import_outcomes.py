"""manage.py import_outcomes FILE --department CODE [--source NAME] [--dry-run]"""

from reports.management.importing import ImportCommand


class Command(ImportCommand):
    help = "导入手术与随访结局（CSV、XLSX）。Prints {created, updated, unchanged, refused, pending} as JSON."
    kind = "outcomes"
