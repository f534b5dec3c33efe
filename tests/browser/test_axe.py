"""Every page of the demo department under axe: no violation of WCAG 2.0 to 2.2, A and AA, in both schemes."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import Served, serving
from tests.people import PASSWORD

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
RUN = """async (tags) => (await axe.run(document, {runOnly: tags})).violations
    .map(v => [v.id, v.nodes.map(n => n.html.slice(0, 200))])"""
# Where each role begins; from there every link to a page of the app is followed, one of each kind.
STARTS = {
    "qc_officer": ("/", "/standard/", "/standard/scoresheet/", "/standard/decisions/", "/reports/import/"),
    "head": ("/",),
    "assessor": ("/", "/audits/mine/", "/audits/arbitration/"),
    "member": ("/",),
    "inspector": ("/",),
    "admin": ("/", "/settings/accounts/new/", "/settings/departments/new/"),
    "security_admin": ("/",),
    "auditor": ("/",),
}
NOT_PAGES = (
    "/packet/",
    "/document/",
    "/static/",
    "/healthz",
    "export=",
    "/styleguide",
    "/scan/",
    ".ics",
    "/minutes/",
    "/file/",
    "/record/",
    "/sheets/blank/",
    "/import/template/",
)

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def demo(tmp_path_factory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("demo"), ["manage.py", "demo"]) as app:
        yield app


def kind_of(address: str) -> str:
    """The address with its numbers left out: one page of each kind is enough."""
    path = address.split("?")[0].split("#")[0]
    if path.startswith("/standard/clauses/"):
        return "/standard/clauses/*"
    return "".join("0" if c.isdigit() else c for c in path).replace("00", "0").replace("00", "0")


def violations(page: Page) -> list:
    page.evaluate(AXE)
    return page.evaluate(RUN, RULES)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("role", STARTS)
def test_every_page_a_role_can_reach_has_no_violation(demo: Served, browser: Browser, role, scheme):
    context = browser.new_context(
        viewport={"width": 1366, "height": 768}, locale="zh-CN", color_scheme=scheme
    )
    page = context.new_page()
    page.goto(f"{demo.url}/login/")
    found = {("/login/", *map(str, v)) for v in violations(page)}
    page.fill("input[name=username]", role)
    page.fill("input[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{demo.url}/")
    waiting, seen = list(STARTS[role]), {}
    while waiting:
        address = waiting.pop(0)
        if kind_of(address) in seen:
            continue
        seen[kind_of(address)] = page.goto(demo.url + address).status
        found |= {(address, *map(str, v)) for v in violations(page)}
        links = page.eval_on_selector_all("a[href]", "all => all.map(a => a.getAttribute('href'))")
        waiting += [a for a in links if a.startswith("/") and not any(part in a for part in NOT_PAGES)]
    context.close()
    assert {kind: status for kind, status in seen.items() if status != 200} == {}
    assert sorted(found) == []
    assert len(seen) >= 4
