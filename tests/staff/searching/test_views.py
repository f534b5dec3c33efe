"""A search is sent, stored under a token, and read by its list as if it stood in the address."""

import pytest
from django.test import Client
from django.urls import reverse

from staff.searching.middleware import LOST
from staff.searching.models import StoredSearch
from tests.factories import make_report

pytestmark = pytest.mark.django_db
LIST = reverse("reports:list")


@pytest.fixture
def reports(department):
    """Three reports; the second alone is of 鹳雀儿, the third was never signed."""
    make_report(department, "A1", patient_name="李逵")
    make_report(department, "A2", patient_name="鹳雀儿")
    make_report(department, "A3", patient_name="李逵")


def sent(client, **fields):
    """Where the filter of the list of reports leads when sent with these fields."""
    return client.post(reverse("search"), {"list": LIST} | fields)["Location"]


def numbers(client, address):
    return sorted(row.record.accession_number for row in client.get(address).context["table"].rows)


def test_typed_name_narrows_the_list_under_a_token(sign_in, officer, reports):
    client = sign_in(officer)
    address = sent(client, q=" 鹳雀儿 ", modality="CT", system="")
    stored = StoredSearch.objects.get()
    assert address == f"{LIST}?modality=CT&s={stored.token}"
    assert (stored.user, stored.content, numbers(client, address)) == (officer, {"q": "鹳雀儿"}, ["A2"])


def test_the_same_search_again_has_the_same_token(sign_in, officer, reports):
    client = sign_in(officer)
    assert sent(client, q="李逵") == sent(client, q="李逵") != sent(client, q="鹳雀儿")
    assert StoredSearch.objects.count() == 2


def test_what_is_chosen_alone_stays_in_the_address_and_stores_nothing(sign_in, officer, reports):
    client = sign_in(officer)
    assert sent(client, q="", modality="CT") == f"{LIST}?modality=CT"
    assert (sent(client), StoredSearch.objects.count()) == (LIST, 0)


def test_paging_sorting_and_export_of_a_search_go_on_with_its_token(sign_in, officer, department):
    for number in range(30):
        make_report(department, f"B{number:02}", patient_name="李逵" if number else "鹳雀儿")
    client = sign_in(officer)
    address = sent(client, q="李逵")
    token = StoredSearch.objects.get().token
    html = client.get(address).content.decode()
    assert f'href="?s={token}&amp;page=2"' in html
    assert f'href="?s={token}&amp;export=xlsx"' in html
    assert f"?s={token}&amp;sort=accession_number" in html
    assert len(numbers(client, f"{address}&page=2")) == 4
    assert (
        client.get(f"{address}&sort=accession_number").context["table"].rows[0].record.accession_number
        == "B01"
    )


def test_search_opens_again_for_its_author_in_a_new_session_and_for_nobody_else(
    client, officer, head, reports
):
    client.force_login(officer, backend="django.contrib.auth.backends.ModelBackend")
    address = sent(client, q="鹳雀儿", modality="CT")
    again, another = Client(), Client()
    again.force_login(officer, backend="django.contrib.auth.backends.ModelBackend")
    another.force_login(head, backend="django.contrib.auth.backends.ModelBackend")
    assert numbers(again, address) == ["A2"]
    landed = another.get(address, follow=True)
    assert landed.redirect_chain == [(f"{LIST}?modality=CT", 302)]
    assert LOST in landed.content.decode()


@pytest.mark.parametrize("place", ["https://example.org/", "//example.org/x", "/nowhere/", ""])
def test_search_leads_to_no_page_but_ours(sign_in, officer, place):
    answer = sign_in(officer).post(reverse("search"), {"list": place, "modality": "CT"})
    assert answer["Location"] == f"{reverse('home')}?modality=CT"


def test_htmx_search_is_answered_with_the_rows_alone(sign_in, officer, reports):
    client = sign_in(officer)
    answer = client.post(
        reverse("search"), {"list": LIST, "q": "鹳雀儿"}, headers={"HX-Request": "true"}, follow=True
    )
    html = answer.content.decode()
    assert ("A2" in html, "A1" in html, "<html" in html) == (True, False, False)
