"""Sign-in, sign-out, own password."""

from django.urls import path

from staff.sign_in import views

urlpatterns = [
    path("login/", views.sign_in, name="login"),
    path("login/code/", views.sign_in_code, name="login_code"),
    path("login/confirm/", views.confirm, name="login_confirm"),
    path("login/openid/", views.sign_in_openid, name="login_openid"),
    path("login/openid/return/", views.sign_in_openid_return, name="login_openid_return"),
    path("logout/", views.sign_out, name="logout"),
    path("session/", views.session_extend, name="session_extend"),
    path("password/", views.password_change, name="password_change"),
]
