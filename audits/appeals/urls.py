"""Pages of one's own findings and of appeals."""

from django.urls import path

from audits.appeals.views import appeals, own

urlpatterns = [
    path("own/", own.own, name="own"),
    path("own/<str:subject>/<int:pk>/acknowledge/", own.own_acknowledge, name="own_acknowledge"),
    path("own/<str:subject>/<int:pk>/appeal/", own.own_appeal, name="own_appeal"),
    path("own/<str:kind>/<int:pk>/", own.own_one, name="own_one"),
    path("appeals/", appeals.appeals, name="appeals"),
    path("appeals/<int:pk>/", appeals.appeal, name="appeal"),
    path("appeals/<int:pk>/assign/", appeals.appeal_assign, name="appeal_assign"),
    path("appeals/<int:pk>/decide/", appeals.appeal_decide, name="appeal_decide"),
    path("appeals/<int:pk>/withdraw/", appeals.appeal_withdraw, name="appeal_withdraw"),
]
