"""The columns recognised in a file, for scripts: `columns_of(content, file_name, kind).suggested`."""

from reports.imports.page.columns import Columns, columns_of

__all__ = ["Columns", "columns_of"]
