"""The standard: every role may read it."""

from tests.web.permission_table import everyone, row

ROWS = (
    row("standards:clauses", **everyone(200)),
    row("standards:clause", kwargs={"number": "6.4.3.4"}, **everyone(200)),
    row("standards:clause", kwargs={"number": "99.9"}, note="no such clause", **everyone(404)),
    row("standards:scoresheet", **everyone(200)),
    row("standards:decisions", **everyone(200)),
)
