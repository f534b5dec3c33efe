"""月度质控, 改进措施 and versions in the packet: held to themselves, printed whole, absent in older ones."""

import hashlib
import io
from dataclasses import replace

import pytest
from pypdf import PdfReader

from exporting.pdf import html_to_pdf
from exporting.sealing import SealField
from scoring.packet.file_checks import EARLIER_LAYOUT
from scoring.packet.json import read_json, render_json
from scoring.packet.pdf import SEAL_REASON, inner_files, made_at, render_pdf
from scoring.packet.signature import seal
from scoring.packet.verify import verify_packet
from scoring.packet.xlsx import render_xlsx
from tests.exports.reading import pdf_boxes, pdf_text, words_beyond_margins
from tests.exports.sample import sample_document
from tests.exports.sample_evidence import with_evidence
from tests.exports.sample_records import (
    AUGUST,
    CHANGES,
    JULY,
    MEASURES,
    SEPTEMBER,
    VERSIONS,
    history,
    monthly,
    with_records,
)
from tests.exports.sample_whole import whole_document
from tests.exports.sealed import NAME, seal_key, sealed_document, trust


def problems(**changed) -> tuple[str, ...]:
    return verify_packet(render_json(with_records(**changed))).problems


def test_records_go_to_json_and_back():
    document = with_records()
    assert read_json(render_json(document)) == document
    assert verify_packet(render_json(document)).problems == ()


def test_draft_with_records_agrees_with_itself():
    assert verify_packet(render_json(with_records(status="draft"))).problems == ()


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"months": (JULY, AUGUST)}, "月度质控所列的月份与抽样窗口不符。"),
        ({"months": (replace(JULY, faulty=11), AUGUST, SEPTEMBER)}, "月度质控2025年7月的份数前后不符。"),
        ({"months": (replace(JULY, problems=2), AUGUST, SEPTEMBER)}, "月度质控2025年7月的份数前后不符。"),
        ({"months": (replace(JULY, checked=9), AUGUST, SEPTEMBER)}, "月度质控2025年7月的份数前后不符。"),
        ({"months": (JULY, AUGUST, replace(SEPTEMBER, size=10))}, "月度质控2025年9月的份数前后不符。"),
        (
            {"months": (JULY, replace(AUGUST, without_measure=("6.4.3.2",)), SEPTEMBER)},
            "月度质控2025年8月列有没有问题的条款。",
        ),
        (
            {"measures": (MEASURES[0], replace(MEASURES[1], overdue=False))},
            "第13号措施是否逾期与其期限不符。",
        ),
        ({"measures": (replace(MEASURES[0], closed_at=""),)}, "第12号措施的状态与关闭时间不符。"),
    ],
)
def test_months_that_contradict_themselves_are_found(changed, problem):
    assert problems(monthly=monthly(**changed)) == (problem,)


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"versions": VERSIONS}, "版次记录与评分表的版次不符。"),
        ({"versions": ()}, "版次记录与评分表的版次不符。"),
        ({"changes": (replace(CHANGES[0], number=3),)}, "更正内容所属的版次与版次记录不符，或前后相同。"),
        (
            {"changes": (replace(CHANGES[0], after=CHANGES[0].before),)},
            "更正内容所属的版次与版次记录不符，或前后相同。",
        ),
    ],
)
def test_versions_that_contradict_the_sheet_are_found(changed, problem):
    document = with_records()
    assert problems(history=history(document, **changed)) == (problem,)


def test_own_version_that_says_another_total_is_found():
    found = history(with_records())
    own = replace(found.versions[-1], total=30)
    changed = replace(found, versions=(*VERSIONS, own))
    assert problems(history=changed) == ("版次记录中的本版与评分表的提交、签发或结果不符。",)


def test_older_version_without_its_hash_is_found():
    found = history(with_records())
    unsigned = replace(VERSIONS[0], content_hash="")
    changed = replace(found, versions=(unsigned, found.versions[-1]))
    assert problems(history=changed) == ("版次记录列有没有签发的旧版。",)


def test_pdf_prints_months_measures_versions_appeals_and_rates():
    content = render_pdf(with_records())
    text = pdf_text(content)
    lacking = [
        words
        for words in (
            "七、月度质控与改进措施",
            "没有改进措施的条款6.4.1.2d)",
            "抽查10份，2份有问题，已在科会讲评。",
            "整改中，已逾期",
            "差值的95%区间-51至+14个百分点",
            "八、版次、更正与申诉",
            "第1版1.3行漏记第三季度随访登记，补充后重新评定。",
            "定期随访并有反馈记录",
            "肺窗所见已在第二段描述。",
            "评二1003的结论理由。",
            "九、统计与读法",
            "符合率对照表",
            "严格符合率符合8/1080.0%",
        )
        if words not in text
    ]
    assert lacking == []
    assert (words_beyond_margins(content), pdf_boxes(content)) == ([], 0)


def test_contents_and_bookmarks_name_every_chapter_with_its_page():
    reader = PdfReader(io.BytesIO(render_pdf(with_records())))
    chapters = [
        (entry.title, reader.get_destination_page_number(entry) + 1)
        for entry in reader.outline
        if not isinstance(entry, list)
    ]
    titles = [title for title, _ in chapters]
    assert [title[0] for title in titles if title[1:2] == "、"] == list("一二三四五六七八九")
    contents = "".join(reader.pages[1].extract_text().split()).replace("·", "")
    lacking = [
        title
        for title, page in chapters
        if title[1:2] == "、" and f"{''.join(title.split())}{page}" not in contents.replace("（表B.1）", "")
    ]
    assert lacking == []


def test_long_measures_and_reasons_are_printed_whole():
    text = "".join(f"第{n}条：肺结节描述须写明位置、大小与密度；" for n in range(1, 161))
    measures = tuple(replace(line, problem=text, action=text) for line in MEASURES)
    document = with_records(monthly=monthly(measures=measures))
    changes = (replace(CHANGES[0], before=text, after=text[::-1]),)
    document = replace(document, history=history(document, changes=changes))
    content = render_pdf(document)
    printed = pdf_text(content)
    pieces = [f"第{n}条：肺结节描述须写明位置、大小与密度；" for n in range(1, 161)]
    assert [piece for piece in pieces if printed.count(piece) < 4] == []
    assert words_beyond_margins(content) == []


# The workbook and the JSON of packets of each older schema: the content hash is taken from the second.
OLDER = {
    "qcportal-packet/1": (
        "0590a5b3765bc5e37acab823115a75305a67196af9a33af1dd64edca26b34357",
        "325c8a15951fdbe35294708593887745a0b1ac079be74477f256d856b54fa35d",
    ),
    "qcportal-packet/2": (
        "fc26a067d31e063dfcbc37b226aad35c23f15c63d19a1aa475ffd32d7017ac0a",
        "fe24c525a0407ea8a059ecca179f9087be9cd8301ad4787a1b308d622670c668",
    ),
    "qcportal-packet/3": (
        "a635767dc173a8fafa56560a0161909eab3484ef823b63f9a7b18ab80e559a65",
        "8e64221deb4fa857980561d2ef5b16c1bbd95e8976403e4f34a77c8752955c2b",
    ),
}


@pytest.mark.parametrize("schema", list(OLDER))
def test_data_of_older_packets_is_made_again_byte_by_byte(schema):
    made_of = {"1": sample_document, "2": with_evidence, "3": whole_document}[schema[-1]]
    document = replace(made_of(), schema=schema, draws=None)
    document = replace(document, generated=replace(document.generated, program="qcportal 0.1.0"))
    made = (render_xlsx(document), render_json(document))
    assert tuple(hashlib.sha256(content).hexdigest() for content in made) == OLDER[schema]


@pytest.mark.parametrize("schema", ["qcportal-packet/2", "qcportal-packet/3"])
def test_older_packet_is_believed_for_its_seal_and_not_laid_out_again(schema):
    document = replace(sealed_document(), schema=schema)
    pages = "<html><head><title>旧版</title></head><body><p>旧版式</p></body></html>"
    field = SealField(NAME, SEAL_REASON, made_at(document))
    made = html_to_pdf(pages, identifier="old", attached=inner_files(document), seal=field)
    content = seal(made, seal_key())
    checks = {check.name: (check.ok, check.sentence) for check in verify_packet(content, trust()).checks}
    assert checks["layout"] == (None, EARLIER_LAYOUT)
    assert [checks[name][0] for name in ("signature", "coverage", "changes", "signer", "content")] == [
        True
    ] * 5
