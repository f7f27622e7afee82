"""A real browser shows the pages: nothing is fetched, nothing is refused, nothing sticks out on a phone."""

import shutil

import pytest

from keepwell.show.explanation import explanation_html
from keepwell.show.report import report_html
from keepwell.show.statement import statement_html
from show import sample
from show.sample_report import NAMES

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = [pytest.mark.slow, pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")]


@pytest.fixture(scope="module")
def browser():
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield opened
        opened.close()


@pytest.fixture
def pages(report, tmp_path):
    written = {
        "report": report_html(report, NAMES),
        "statement": statement_html(sample.STATEMENT, sample.NAMES, {"8f3a04": sample.EXPLANATION}),
        "explanation": explanation_html(sample.EXPLANATION),
    }
    for name, html in written.items():
        (tmp_path / f"{name}.html").write_text(html, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("name", ["report", "statement", "explanation"])
@pytest.mark.parametrize("width", [360, 1200])
def test_a_page_stands_alone_and_fits(browser, pages, name, width):
    page = browser.new_page(viewport={"width": width, "height": 800})
    said, asked = [], []
    page.on("console", lambda message: said.append(message.text))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"file://{pages}/{name}.html")
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert said == []
    assert {url.split(":")[0] for url in asked} <= {"file", "data"}
    assert page.evaluate("getComputedStyle(document.body).marginTop") == "0px", "the policy let the style in"
    page.close()


def test_every_step_of_an_opened_explanation_is_wide_enough_to_read(browser, pages):
    page = browser.new_page(viewport={"width": 360, "height": 800})
    page.goto(f"file://{pages}/report.html")
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    widths = page.evaluate("[...document.querySelectorAll('.why > li > div')].map(one => one.offsetWidth)")
    assert widths
    assert min(widths) > 150
    page.close()
