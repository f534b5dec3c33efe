"""No blank stands within a Chinese sentence: a template that breaks one between two conditions shows one."""

import pytest
from django.db import transaction

from tests.markup import split_sentences
from tests.web.permission_table import all_rows, values


def test_blank_beside_chinese_punctuation_is_found_also_across_inline_elements():
    assert split_sentences("<p>共 3 份\n  ，已评</p>") == ["共 3 份 ，已评"]
    assert split_sentences("<p>已评<small>3 份</small>\n  。</p>") == ["已评3 份 。"]
    assert split_sentences("<p>已评（\n  3 份）</p>") == ["已评（ 3 份）"]
    assert split_sentences("<p>已评，</p>\n<p>未签。 <a\n href='#'\n>签发</a></p>\n<p>\n  ，</p>") == []


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("actor", ["qc_officer", "assessor"])
def test_pages_of_the_permission_table_show_no_blank_within_a_sentence(world, actor):
    split, read = {}, 0
    client = world.client(actor)
    for row in all_rows():
        # The standard's own pages print its words as they were published.
        if row.method != "GET" or row.expected[actor] != 200 or row.url.startswith("standards:"):
            continue
        with transaction.atomic():
            response = client.get(world.address(row), values(row.data, world))
            if "html" in response["Content-Type"]:
                read += 1
                split |= {f"{row}: {found}": 1 for found in split_sentences(response.content.decode())}
            transaction.set_rollback(True)
    assert list(split) == []
    assert read > 10
