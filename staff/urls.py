"""Sign-in, own password; accounts, departments, trail."""

from django.urls import include, path

from staff import views

app_patterns = (
    [
        path("departments/", views.departments, name="departments"),
        path("departments/new/", views.department_new, name="department_new"),
        path("departments/<int:pk>/", views.department_edit, name="department_edit"),
        path("accounts/", views.accounts, name="accounts"),
        path("accounts/new/", views.account_new, name="account_new"),
        path("accounts/<int:pk>/", views.account_edit, name="account_edit"),
        path("accounts/<int:pk>/roles/", views.role_grant, name="role_grant"),
        path("accounts/<int:pk>/roles/<int:grant>/revoke/", views.role_revoke, name="role_revoke"),
        path("accounts/<int:pk>/password/", views.account_password, name="account_password"),
        path("trail/", views.trail, name="trail"),
    ],
    "staff",
)

urlpatterns = [
    path("login/", views.sign_in, name="login"),
    path("logout/", views.sign_out, name="logout"),
    path("password/", views.password_change, name="password_change"),
    path("settings/", include(app_patterns)),
]
