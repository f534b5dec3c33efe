"""Sign-in, own password; accounts, departments, trail."""

from django.urls import include, path

from staff.views import accounts, departments, sessions, trail

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

urlpatterns = [
    path("login/", sessions.sign_in, name="login"),
    path("logout/", sessions.sign_out, name="logout"),
    path("password/", sessions.password_change, name="password_change"),
    path("settings/", include(app_patterns)),
]
