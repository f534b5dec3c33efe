"""An earlier version of a report: readable, with what changed, and as masked as the report itself."""

from datetime import datetime

from django.urls import reverse

from reports.archive.content import content_of, to_json
from reports.domain.versions import content_hash
from tests.factories import make_report
from tests.markup import unwrapped


def amended(department, accession="A0001", **fields):
    """A report of two versions; `fields` are those of the second."""
    report = make_report(department, accession, patient_name="张三丰", findings="右肺上叶见结节。")
    report = type(report).objects.get(pk=report.pk)
    for name, value in fields.items():
        setattr(report, name, value)
    report.revision_number = 2
    report.save()
    content = content_of(report)
    report.revisions.create(number=2, content=to_json(content), content_hash=content_hash(content))
    return report


def page(client, report, number):
    return client.get(reverse("reports:version", args=[report.pk, number]))


def test_earlier_version_shows_its_own_text_and_the_later_one_the_difference(sign_in, officer, department):
    report = amended(department, findings="右肺下叶见结节，张三丰。", reporting_physician="书写乙")
    client = sign_in(officer)
    detail = client.get(reverse("reports:detail", args=[report.pk])).content.decode()
    assert reverse("reports:version", args=[report.pk, 1]) in detail
    first, second = (unwrapped(page(client, report, number).content.decode()) for number in (1, 2))
    assert "右肺上叶见结节。" in first
    assert "书写甲" in first
    assert "差异" not in first
    assert "<del>上</del><ins>下</ins>" in second
    assert "报告医师" in second
    assert "张三丰" not in first + second
    assert page(client, report, 3).status_code == 404


def test_version_of_a_report_with_its_time_alone_changed_names_that_field_only(sign_in, officer, department):
    report = amended(department, reported_at=datetime.fromisoformat("2026-10-12T12:00:00+08:00"))
    changed = page(sign_in(officer), report, 2).context["page"].changed
    assert [field.label for field in changed] == ["报告时间"]


def test_number_of_queries_does_not_grow_with_the_versions(
    sign_in, officer, department, django_assert_num_queries, django_assert_max_num_queries
):
    client, report = sign_in(officer), amended(department, findings="右肺下叶见结节。")
    page(client, report, 2)
    with django_assert_max_num_queries(20) as asked:
        page(client, report, 1)
    with django_assert_num_queries(len(asked)):
        page(client, report, 2)
