"""陈述: what the rules read of a report, for whoever maintains them."""

import pytest
from django.urls import reverse

from tests.factories import make_report

pytestmark = pytest.mark.django_db


def test_statements_of_a_report_are_listed(sign_in, officer, department):
    report = make_report(department, "A0001", findings="左肾未见囊肿。", impression="右肺上叶结节，约8mm。")
    response = sign_in(officer).get(reverse("reports:statements", args=[report.pk]))
    assert [(row.field_zh, row.place, row.word, row.polarity_zh) for row in response.context["rows"]] == [
        ("影像描述", "左 肾", "囊肿", "否定"),
        ("诊断结论", "右 肺 上", "结节", "有"),
    ]


def test_queries_do_not_grow_with_the_text(sign_in, officer, department, count_queries):
    client = sign_in(officer)
    texts = {"A0001": "左肾见囊肿。", "A0002": "左肾见囊肿。右肾见结石。肝内见囊肿。"}
    urls = [
        reverse("reports:statements", args=[make_report(department, number, findings=text).pk])
        for number, text in texts.items()
    ]
    for url in urls:  # the first opening of each enters the read audit
        client.get(url)
    assert count_queries(lambda: client.get(urls[0])) == count_queries(lambda: client.get(urls[1]))
