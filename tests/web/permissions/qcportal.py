"""The home page, the choice of department, health."""

from tests.web.permission_table import everyone, row

ROWS = (
    row("home", **everyone(200)),
    row("waiting", **everyone(200)),
    row("waiting_at", kwargs={"at": "audits:measures"}, **everyone(200)),
    row("waiting_at", kwargs={"at": "home"}, note="counts nothing", **everyone(404)),
    row("notices", **everyone(200)),
    row("notices", "POST", data={"email": "a@h.example", "digest": "on"}, **everyone(302)),
    row("calendar_make", "POST", **everyone(200)),
    row("calendar_revoke", "POST", **everyone(302)),
    row("calendar_feed", kwargs={"token": "unknown"}, **everyone(404, anonymous=404)),
    row("choose_department", "POST", data=lambda w: {"department": w.department.pk}, **everyone(302)),
    row("healthz", **everyone(200, anonymous=200)),
    row("readyz", note="no worker runs", **everyone(503, anonymous=503)),
    row("metrics", note="nobody is named", **everyone(404, anonymous=404)),
)
