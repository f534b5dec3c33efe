"""A text is decoded a piece at a time; where the pieces are cut changes nothing."""

import pytest

from spreadsheets import FileRefused, text, web_page
from spreadsheets.kinds import read

CUTS = [1, 2, 3, 7, 1 << 20]
CSV = 'sep=;\r\n检查号;影像描述\rA1;"肺，\r\n䶮㛃𠮷"\n\nA2;;\n'
PAGE = (
    "<html><!-- 说明 <td>无</td> --><style>td > p {}</style><table class='a > b'><tr><td>1 < 2 &amp; 3</td>"
    '<td>甲<br>乙<b>丙</b></td></tr><!--> x --><tr><td>x<y>z</td><td title="</td>">\r\n丁</td></tr></table>'
    "<script>document.write('<table>')</script><!-- 未完 <table>"
)
XML = (
    '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"'
    ' xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="一"><Table><Row><Cell>'
    '<Data ss:Type="String">䶮𠮷</Data></Cell></Row></Table></Worksheet></Workbook>'
)


def cells_of(data):
    return [[row.cells for row in rows] for _, rows in read(data, ".csv")]


@pytest.mark.parametrize("cut", CUTS)
@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le"])
def test_text_is_the_same_wherever_it_is_cut(codec, cut, monkeypatch):
    monkeypatch.setattr(text, "_PIECE", cut)
    assert cells_of(CSV.encode(codec)) == [
        [("检查号", "影像描述"), ("A1", "肺，\r\n䶮㛃𠮷"), (), ("A2", "", "")]
    ]


@pytest.mark.parametrize("cut", CUTS)
def test_byte_of_no_encoding_is_found_at_its_line_wherever_the_text_is_cut(cut, monkeypatch):
    monkeypatch.setattr(text, "_PIECE", cut)
    with pytest.raises(FileRefused, match=r"^第3行有不属于GB18030编码的字节（ff 2c 62 0a）"):
        cells_of("检查号,姓名\n肺纹理增多\n".encode("gb18030") + b"\xff,b\n")


@pytest.mark.parametrize("cut", CUTS)
def test_character_cut_off_at_the_end_is_found_at_its_line(cut, monkeypatch):
    monkeypatch.setattr(text, "_PIECE", cut)
    with pytest.raises(FileRefused, match=r"^第2行有不属于UTF-8（带BOM）编码的字节（e5 9b）"):
        cells_of(b"\xef\xbb\xbf" + "检查号\n四".encode()[:-1])


@pytest.mark.parametrize("cut", CUTS)
def test_web_page_is_the_same_wherever_it_is_cut(cut, monkeypatch):
    monkeypatch.setattr(text, "_PIECE", cut)
    monkeypatch.setattr(web_page, "_LONGEST", 60)
    assert cells_of(PAGE.encode()) == [[("1 < 2 & 3", "甲\n乙丙"), ("x<y>z", "丁")]]


@pytest.mark.parametrize("cut", CUTS)
def test_xml_table_is_the_same_wherever_it_is_cut(cut, monkeypatch):
    monkeypatch.setattr(text, "_PIECE", cut)
    assert cells_of(XML.encode()) == [[("䶮𠮷",)]]


@pytest.mark.parametrize("cut", CUTS)
def test_definition_of_an_entity_is_refused_wherever_the_text_is_cut(cut, monkeypatch):
    monkeypatch.setattr(text, "_PIECE", cut)
    with pytest.raises(FileRefused, match="含有实体定义（DTD），正常导出不会有"):
        cells_of(XML.replace("<Workbook", '<!DOCTYPE a [<!ENTITY b "c">]><Workbook', 1).encode())
