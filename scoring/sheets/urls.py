"""Pages of a sheet: list, form, versions."""

from django.urls import path

from scoring.sheets.views import filling, sheets

urlpatterns = [
    path("", sheets.sheet_list, name="list"),
    path("new/<int:audit>/", sheets.sheet_create, name="create"),
    path("<int:pk>/", sheets.sheet_detail, name="detail"),
    path("<int:pk>/changes/", sheets.sheet_changes, name="changes"),
    path("<int:pk>/rows/<str:row>/", filling.row_set, name="row"),
    path("<int:pk>/rows/<str:row>/evidence/", filling.evidence_add, name="evidence_add"),
    path("<int:pk>/evidence/<int:note>/", filling.evidence_change, name="evidence_change"),
    path("<int:pk>/evidence/<int:note>/remove/", filling.evidence_remove, name="evidence_remove"),
    path("<int:pk>/level/", filling.level_take, name="level"),
]
