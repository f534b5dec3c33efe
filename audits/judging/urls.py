"""Pages of judging and of arbitration."""

from django.urls import path

from audits.judging.views import arbitration, reviews

urlpatterns = [
    path("mine/", reviews.my_reviews, name="my_reviews"),
    path("mine/<int:pk>/", reviews.judge, name="judge"),
    path("mine/<int:pk>/description/", reviews.description, name="rule_description"),
    path("mine/<int:pk>/reveal/", reviews.reveal, name="reveal"),
    path("mine/<int:pk>/conclusion/", reviews.conclusion, name="rule_conclusion"),
    path("mine/<int:pk>/draft/", reviews.draft, name="draft"),
    path("arbitration/", arbitration.arbitration, name="arbitration"),
    path("arbitration/<int:pk>/take/", arbitration.take, name="take"),
]
