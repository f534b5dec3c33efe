"""Pages of follow-up, feedback and conferences, under audits' own names."""

from django.urls import path

from audits.conferences import views as conferences
from audits.follow_up.views import feedback
from audits.follow_up.views import follow_ups as follow_up
from audits.follow_up.views import register as follow_up_register
from audits.follow_up.views import taking as follow_up_taking

urlpatterns = [
    path("follow-ups/", follow_up.follow_ups, name="follow_ups"),
    path("follow-ups/gather/", follow_up.gather, name="follow_ups_gather"),
    path("follow-ups/take/", follow_up_taking.take_many, name="follow_ups_take"),
    path("follow-ups/take-back/", follow_up_taking.take_back, name="follow_ups_take_back"),
    path("follow-ups/new/", follow_up.follow_up_new, name="follow_up_new"),
    path("follow-ups/register/", follow_up_register.follow_up_register, name="follow_up_register"),
    path("follow-ups/<int:pk>/", follow_up.follow_up, name="follow_up"),
    path("follow-ups/<int:pk>/record/", follow_up.follow_up_record, name="follow_up_record"),
    path("follow-ups/<int:pk>/take/", follow_up.follow_up_take, name="follow_up_take"),
    path("follow-ups/<int:pk>/exclude/", follow_up.follow_up_exclude, name="follow_up_exclude"),
    path("follow-ups/feedback/<int:pk>/receipt/", follow_up.feedback_receipt, name="feedback_receipt"),
    path("feedback/", feedback.my_feedback, name="my_feedback"),
    path("feedback/<int:pk>/", feedback.my_feedback_one, name="my_feedback_one"),
    path("feedback/<int:pk>/confirm/", feedback.my_feedback_confirm, name="my_feedback_confirm"),
    path("conferences/", conferences.conferences, name="conferences"),
    path("conferences/new/", conferences.conference_new, name="conference_new"),
    path("conferences/<int:pk>/", conferences.conference, name="conference"),
    path("conferences/<int:pk>/edit/", conferences.conference_edit, name="conference_edit"),
    path("conferences/<int:pk>/cancel/", conferences.conference_cancel, name="conference_cancel"),
    path("conferences/<int:pk>/file/", conferences.conference_file, name="conference_file"),
    path(
        "conferences/<int:pk>/file/<int:file>/",
        conferences.conference_download,
        name="conference_download",
    ),
    path("conferences/<int:pk>/minutes/", conferences.conference_pdf, name="conference_pdf"),
]
