"""The register of people: members, records, matrix, groups, import, the own entry."""

from django.urls import path

from staff.register.views import groups, imports, matrix, members, own, records

app_name = "register"
urlpatterns = [
    path("", members.members, name="members"),
    path("new/", members.member_new, name="member_new"),
    path("<int:pk>/", members.member, name="member"),
    path("<int:pk>/edit/", members.member_edit, name="member_edit"),
    path("<int:pk>/exempt/", members.member_exempt, name="member_exempt"),
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
    path("groups/memberships/<int:pk>/", groups.membership, name="membership"),
    path("groups/<int:pk>/remove/", groups.group_remove, name="group_remove"),
    path("import/", imports.register_import, name="import"),
    path("import/commit/", imports.register_commit, name="import_commit"),
    path("mine/", own.mine, name="mine"),
    path("mine/<int:pk>/records/new/", own.submit, name="own_record_new"),
]
