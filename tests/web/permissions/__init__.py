"""Who gets what answer, one module per app: the format is in tests/web/permission_table.py."""
