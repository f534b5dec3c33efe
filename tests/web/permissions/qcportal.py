"""The home page, the choice of department, health."""

from tests.web.permission_table import everyone, row

ROWS = (
    row("home", **everyone(200)),
    row("choose_department", "POST", data=lambda w: {"department": w.department.pk}, **everyone(302)),
    row("healthz", **everyone(200, anonymous=200)),
)
