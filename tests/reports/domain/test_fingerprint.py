"""The same words are the same finding, wherever they stand; other words are another."""

from reports.domain.fingerprint import fingerprints
from reports.domain.textcheck.finding import Finding
from reports.domain.textcheck.report import CheckedReport, Moment


def of(report, *places, code="c", field="findings"):
    findings = [
        Finding(code, "6.1", field, start, end, (report.value(field) or "")[start:end], "suspect", "…")
        for start, end in places
    ]
    return fingerprints(report, findings)


def text(findings):
    return CheckedReport(findings=findings)


def test_sentence_moved_by_another_one_keeps_its_fingerprint():
    assert of(text("右肺XX结节。"), (2, 4)) == of(text("左肺清晰。\n右肺XX结节。"), (8, 10))


def test_fingerprint_is_32_hexadecimal_digits_as_stored():
    (found,) = of(text("右肺XX结节。"), (2, 4))
    assert (len(found), set(found) <= set("0123456789abcdef")) == (32, True)


def test_sentence_changed_has_another_fingerprint():
    assert of(text("右肺XX结节。"), (2, 4)) != of(text("左肺XX结节。"), (2, 4))


def test_two_places_in_one_sentence_are_two():
    first, second = of(text("右肺XX、左肺XX。"), (2, 4), (7, 9))
    assert first != second


def test_sentence_written_twice_has_two_fingerprints_the_first_of_which_stays():
    first, second = of(text("右肺XX。右肺XX。"), (2, 4), (7, 9))
    assert first != second
    assert of(text("右肺XX。"), (2, 4)) == (first,)


def test_other_code_or_field_is_another_finding():
    report = CheckedReport(findings="右肺XX。", impression="右肺XX。")
    given = {
        of(report, (2, 4))[0],
        of(report, (2, 4), code="d")[0],
        of(report, (2, 4), field="impression")[0],
    }
    assert len(given) == 3


def test_absent_thing_is_of_the_whole_field():
    assert of(text("右肺结节。"), (0, 0)) == of(text("右肺结节。"), (0, 0))
    assert of(text("右肺结节。"), (0, 0)) != of(text("右肺结节。边界清楚。"), (0, 0))


def test_mark_between_sentences_goes_with_the_sentence_before_it():
    one = of(text("右肺结节。。左肺清晰。"), (4, 6))
    assert one == of(text("气管居中。右肺结节。。左肺清晰。"), (9, 11))
    assert one != of(text("右肺肿块。。左肺清晰。"), (4, 6))


def test_time_shown_in_the_head_is_its_own_text():
    report = CheckedReport(reported_at=Moment("2026-10-12", None, "day"))
    other = CheckedReport(reported_at=Moment("2026-10-13", None, "day"))
    assert of(report, (0, 10), field="reported_at") != of(other, (0, 10), field="reported_at")


def test_field_not_known_and_lone_surrogates_raise_nothing():
    assert len(of(CheckedReport(), (0, 0), field="examined_at")) == 1
    assert len(of(text("右\ud800XX。"), (2, 4))) == 1
