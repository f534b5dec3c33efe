"""Pages of follow-up and feedback (row 1.3)."""

from django.urls import path

from audits.follow_up.views import feedback, follow_ups, register, taking

urlpatterns = [
    path("follow-ups/", follow_ups.follow_ups, name="follow_ups"),
    path("follow-ups/gather/", follow_ups.gather, name="follow_ups_gather"),
    path("follow-ups/take/", taking.take_many, name="follow_ups_take"),
    path("follow-ups/take-back/", taking.take_back, name="follow_ups_take_back"),
    path("follow-ups/new/", follow_ups.follow_up_new, name="follow_up_new"),
    path("follow-ups/register/", register.follow_up_register, name="follow_up_register"),
    path("follow-ups/<int:pk>/", follow_ups.follow_up, name="follow_up"),
    path("follow-ups/<int:pk>/record/", follow_ups.follow_up_record, name="follow_up_record"),
    path("follow-ups/<int:pk>/take/", follow_ups.follow_up_take, name="follow_up_take"),
    path("follow-ups/<int:pk>/exclude/", follow_ups.follow_up_exclude, name="follow_up_exclude"),
    path("follow-ups/feedback/<int:pk>/receipt/", follow_ups.feedback_receipt, name="feedback_receipt"),
    path("feedback/", feedback.my_feedback, name="my_feedback"),
    path("feedback/<int:pk>/", feedback.my_feedback_one, name="my_feedback_one"),
    path("feedback/<int:pk>/confirm/", feedback.my_feedback_confirm, name="my_feedback_confirm"),
]
