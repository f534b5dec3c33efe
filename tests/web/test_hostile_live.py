"""Hostile files of every family, uploaded to a live server: an answer in Chinese each, and no worker dies.

Real web workers and a real reader process per file: a fault that takes a worker down is no exception a test
client could show.
"""

import os
import re
import struct
import sys
import urllib.error
import urllib.parse
import urllib.request
import uuid
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser
from http.cookiejar import CookieJar
from pathlib import Path
from socket import create_server

import pytest

from tests import binary_files as made
from tests.hostile_files import CELLS, KINDS, WHOLE
from tests.paths import DATA
from tests.people import PASSWORD
from tests.qcportal.test_deploy import manage
from tests.qcportal.test_serve import answers, processes, running, wait_for
from tests.spreadsheets.packages import package, rows
from tests.spreadsheets.test_markup_tables import data, line, ods, page, xml2003

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux's"),
]
HEAD, GOOD = KINDS["reports"]
BAD = [[cell, *GOOD[1:]] for cell, _ in CELLS.values()]
PEOPLE = "from tests import people; people.officer(people.radiology())"
MORE = "QC_HOSTILE_FOLDER"  # a folder of further files


def labels(*lines):
    return [made.label(r, c, text) for r, cells in enumerate(lines) for c, text in enumerate(cells)]


def rows12(*lines):
    return [
        part
        for r, cells in enumerate(lines)
        for part in (made.row12(r), *(made.cell12(6, c, made.text12(t)) for c, t in enumerate(cells)))
    ]


def table(*lines, span=1):
    return page(*(f"<tr>{''.join(f'<td rowspan={span}>{t}</td>' for t in cells)}</tr>" for cells in lines))


def xml_rows(*lines):
    return "".join(f"<Row>{''.join(data('String', text) for text in cells)}</Row>" for cells in lines)


SOUND = {
    "xls": made.xls(("报告", 0, labels(HEAD, GOOD))),
    "xlsb": made.xlsb(("报告", 0, rows12(HEAD, GOOD))),
    "xlsx": package(rows(HEAD, GOOD)),
    "ods": ods(f">{line(*HEAD)}{line(*GOOD)}"),
    "html.xls": table(HEAD, GOOD),
    "xml2003.xls": xml2003(xml_rows(HEAD, GOOD)),
    "utf16.csv": "\n".join("\t".join(cells) for cells in (HEAD, GOOD)).encode("utf-16"),
    "gb.csv": "\n".join(",".join(cells) for cells in (HEAD, GOOD)).encode("gb18030"),
}
HUGE = {
    "far.xls": made.xls(("报告", 0, [*labels(HEAD), made.label(65535, 255, "甲"), made.number(1, 0, 1e308)])),
    "merged.xls": made.xls(("报告", 0, [*labels(HEAD), made.merged(0, 65535, 0, 255)])),
    "broken.xls": made.xls(("报告", 0, [*labels(HEAD), struct.pack("<HH", 0x204, 8000)])),
    "far.xlsb": made.xlsb(
        ("报告", 0, [*rows12(HEAD), made.row12(2**32 - 1), made.cell12(6, 2**31, b"\xff")])
    ),
    "half.xlsb": made.xlsb(("报告", 0, rows12(HEAD, ["\ud83d", *GOOD[1:]]))),
    "repeated.ods": ods(f">{line(*HEAD)}{line(*GOOD, times=10**9)}"),
    "bomb.ods": ods(f">{line(*HEAD)}{line('甲' * 30_000, times=5000)}"),
    "span.xls": table(HEAD, GOOD, span=10**9),
    "nested.xls": page("<tr><td><table>" * 3000),
    "index.xml.xls": xml2003(f'{xml_rows(HEAD)}<Row ss:Index="99999999999">{data("String", "甲")}</Row>'),
    "entity.xml.xls": xml2003(xml_rows(HEAD), prolog='<!DOCTYPE a [<!ENTITY b "bb">]>'),
    "odd.utf16.csv": SOUND["utf16.csv"][:-1],
    "half.utf16.csv": SOUND["utf16.csv"] + b"\x3d\xd8\n\0" * 50,
    "nul.csv": b"\0" * 50_000,
    "cells.xlsx": package(rows(HEAD, GOOD, *BAD)),
}


def damaged(name, content):
    """The file cut off, and with zeros in its middle."""
    middle = len(content) // 2
    return {
        f"cut.{name}": content[:middle],
        f"zeros.{name}": content[: middle - 40] + bytes(80) + content[middle + 40 :],
    }


def hostile_files():
    found = {
        f"{name}.{'csv' if name == 'columns' else 'xlsx'}": make(HEAD) for name, (make, _) in WHOLE.items()
    }
    for name, content in SOUND.items():
        found |= damaged(name, content)
    stored = [*(DATA / "ris" / "broken").iterdir(), *(DATA / "foreign" / "reports").iterdir()]
    if folder := os.environ.get(MORE):
        stored += Path(folder).iterdir()
    return SOUND | HUGE | found | {path.name: path.read_bytes() for path in stored if path.is_file()}


class Fields(HTMLParser):
    """What a browser sends of the form that goes to `action`, unchanged."""

    def __init__(self, body, action):
        super().__init__()
        self.action, self.inside, self.name, self.sent = action, False, "", {}
        self.feed(body)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "form":
            self.inside = given.get("action") == self.action
        elif self.inside and tag == "input" and given.get("name"):
            self.sent[given["name"]] = given.get("value") or ""
        elif self.inside and tag == "select":
            self.name = given["name"]
            self.sent[self.name] = ""
        elif self.inside and tag == "option" and "selected" in given:
            self.sent[self.name] = given.get("value") or ""


class Browser:
    """A person at the server; remembers every answer as (what was asked, status, text)."""

    def __init__(self, port):
        self.base, self.cookies, self.answers = f"http://127.0.0.1:{port}", CookieJar(), []
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))

    def ask(self, path, fields=None, file=None):
        request = urllib.request.Request(self.base + path)  # noqa: S310  (our own server)
        if fields is not None:
            token = next((c.value for c in self.cookies if c.name == "csrftoken"), "")
            request.data, kind = multipart(fields | {"csrfmiddlewaretoken": token}, file)
            request.add_header("Content-Type", kind)
        try:
            answer = self.opener.open(request, timeout=110)
        except urllib.error.HTTPError as error:
            answer = error
        body = answer.read().decode("utf-8", "replace")
        self.answers.append((f"{path} {file[0] if file else ''}", answer.status, body))
        return urllib.parse.urlsplit(answer.url).path, body

    def import_file(self, name, content):
        """Upload a file, confirm its columns as suggested and wait for the result."""
        url, body = self.ask("/reports/import/", {"kind": "reports", "source": name[:30]}, (name, content))
        if found := re.fullmatch(r"/reports/import/(\d+)/", url):
            columns = f"/reports/import/{found[1]}/columns/"
            if columns in body:
                self.ask(columns, Fields(body, columns).sent)
        return url


def multipart(fields, file):
    edge = uuid.uuid4().hex
    parts = [f'Content-Disposition: form-data; name="{k}"\r\n\r\n{v}'.encode() for k, v in fields.items()]
    if file:
        head = f'Content-Disposition: form-data; name="file"; filename="{file[0]}"\r\n\r\n'.encode()
        parts.append(head + file[1])
    inside = b"".join(b"--%b\r\n%b\r\n" % (edge.encode(), part) for part in parts)
    return inside + f"--{edge}--\r\n".encode(), f"multipart/form-data; boundary={edge}"


def test_every_hostile_file_is_answered_in_chinese_and_the_web_workers_stay(tmp_path):
    with create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    manage(tmp_path, "migrate", "-v0")
    assert manage(tmp_path, "shell", "-v0", "-c", PEOPLE).returncode == 0

    def web():
        return {pid for pid, words in processes(tmp_path).items() if "gunicorn" in words}

    with running(tmp_path, "serve", "--port", str(port)):
        wait_for(lambda: answers(port) and len(web()) >= 3)
        before = web()
        browser = Browser(port)
        browser.ask("/login/")
        browser.ask("/login/", {"username": "officer", "password": PASSWORD})
        files = hostile_files()
        with ThreadPoolExecutor(2) as pool:
            urls = list(pool.map(browser.import_file, files, files.values()))
        for url in urls:
            wait_for(lambda url=url: 'id="progress"' not in browser.ask(url)[1])
        assert web() == before
    sound = [url for name, url in zip(files, urls, strict=True) if name in SOUND]
    assert all(re.fullmatch(r"/reports/import/\d+/", url) for url in sound)
    assert [(asked, status) for asked, status, _ in browser.answers if status >= 500] == []
    assert [asked for asked, _, body in browser.answers if not re.search("[一-鿿]", body)] == []
