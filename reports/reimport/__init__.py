"""更正导入: the same file read again under a corrected mapping, once an import can no longer be undone.

The rows are compared and written by the import's own jobs (`reports.imports.actions.correcting`).
"""
