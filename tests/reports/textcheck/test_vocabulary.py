"""Vocabularies as patterns: words, longer expressions that hold them back, further alternatives."""

from reports.domain.textcheck.vocabulary import Sieve, any_of


def test_sieve_passes_words_and_holds_longer_expressions_back():
    sieve = Sieve(("癌", "结节", "癌栓塞"), ("癌栓", "结节性硬化"))
    assert [m.group() for m in sieve.finditer("肝癌伴癌栓，结节性硬化，结节，癌栓塞")] == ["癌", "结节"]
    assert sieve.search("癌栓") is None


def test_further_alternatives_come_after_the_words():
    assert any_of(("肺", "肺门"), "见(?!异)") == "(?:肺(?:门)?|见(?!异))"
    assert any_of((), "见") == "(?:见)"
    assert any_of(()) == "(?!)"
