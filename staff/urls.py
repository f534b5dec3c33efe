"""Sign-in, own password; accounts, departments, trail; the register of people."""

from django.urls import include, path

from staff.views import (
    accounts,
    departments,
    groups,
    matrix,
    own,
    records,
    register,
    register_import,
    sessions,
    trail,
)

app_patterns = (
    [
        path("departments/", departments.departments, name="departments"),
        path("departments/new/", departments.department_new, name="department_new"),
        path("departments/<int:pk>/", departments.department_edit, name="department_edit"),
        path("accounts/", accounts.accounts, name="accounts"),
        path("accounts/new/", accounts.account_new, name="account_new"),
        path("accounts/<int:pk>/", accounts.account_edit, name="account_edit"),
        path("accounts/<int:pk>/active/", accounts.account_active, name="account_active"),
        path("accounts/<int:pk>/roles/", accounts.role_grant, name="role_grant"),
        path("accounts/<int:pk>/roles/<int:grant>/revoke/", accounts.role_revoke, name="role_revoke"),
        path("accounts/<int:pk>/password/", accounts.account_password, name="account_password"),
        path("trail/", trail.trail, name="trail"),
    ],
    "staff",
)

register_patterns = (
    [
        path("", register.members, name="members"),
        path("new/", register.member_new, name="member_new"),
        path("<int:pk>/", register.member, name="member"),
        path("<int:pk>/edit/", register.member_edit, name="member_edit"),
        path("<int:pk>/exempt/", register.member_exempt, name="member_exempt"),
        path("<int:pk>/records/new/", records.record_new, name="record_new"),
        path("records/<int:pk>/", records.record, name="record"),
        path("records/<int:pk>/scan/", records.record_scan, name="record_scan"),
        path("records/<int:pk>/decide/", records.record_decide, name="record_decide"),
        path("records/<int:pk>/withdraw/", records.record_withdraw, name="record_withdraw"),
        path("submitted/", records.submitted, name="submitted"),
        path("matrix/", matrix.matrix, name="matrix"),
        path("expiring/", matrix.expiring, name="expiring"),
        path("expiring/calendar.ics", matrix.calendar_file, name="calendar"),
        path("groups/", groups.groups, name="groups"),
        path("groups/new/", groups.group_new, name="group_new"),
        path("groups/<int:pk>/", groups.group_edit, name="group_edit"),
        path("groups/<int:pk>/remove/", groups.group_remove, name="group_remove"),
        path("import/", register_import.register_import, name="import"),
        path("import/commit/", register_import.register_commit, name="import_commit"),
        path("mine/", own.mine, name="mine"),
        path("mine/<int:pk>/records/new/", own.submit, name="own_record_new"),
    ],
    "register",
)

urlpatterns = [
    path("login/", sessions.sign_in, name="login"),
    path("logout/", sessions.sign_out, name="logout"),
    path("password/", sessions.password_change, name="password_change"),
    path("settings/", include(app_patterns)),
    path("staff/", include(register_patterns)),
]
