"""The report holds what a visitor must see, says what is missing, and stands alone."""

import re
from dataclasses import replace

import pytest
from rich.console import Console

from keepwell.show.aftermath import NoPair
from keepwell.show.names import Names
from keepwell.show.report import Report, report_html
from keepwell.show.screen import first_screen
from show import sample_company as company
from show.page_tags import PageTags
from show.sample_report import NAMES, WHOSE, made_report


def plain(report, names=NAMES, width=80):
    console = Console(width=width, force_terminal=False, record=True)
    with console.capture() as captured:
        console.print(first_screen(report, names))
    return captured.get()


def test_the_first_screen_has_the_headline_the_pair_and_the_customers_line(report):
    html = report_html(report, NAMES)
    assert "Of every €100 of variable pay, <strong>€27</strong> depends on what happens after the sale." in html
    for said in ("Promises kept", "69%", "[65%–73%]", "Ines Carvalho", "Rolf Meinhardt", "50%", "not a proof", "Dune Energy",
                 "41 days late", "−€4,350.00", "Within 180 days 60% is taken back."):  # fmt: skip
        assert said in html


def test_the_terminal_shows_the_same_figures(report):
    text = plain(report)
    for said in ("Of every €100 of variable pay, €27 depends", "69% [65%–73%]", "50% [35.2%–64.8%]", "not a proof",
                 "41 days late", "keepwell explain 8f3a04"):  # fmt: skip
        assert said in re.sub(r"\s+", " ", text)
    assert max(map(len, text.splitlines())) <= 80


def test_the_report_names_what_is_missing_and_what_waits(report):
    html = report_html(report, NAMES)
    assert "department accounts, margin" in html
    assert "reference missing" in html
    assert "fewer than 5 answers" in html


def test_it_fetches_nothing_and_runs_nothing(report):
    seen = PageTags()
    seen.feed(report_html(report, NAMES))
    assert seen.tags & {"script", "iframe", "img", "object"} == set()
    assert all(address.startswith("#") or address == "data:," for address in seen.addresses)
    assert seen.inline == set()


def test_every_link_within_the_page_leads_somewhere(report):
    html = report_html(report, NAMES)
    ids = re.findall(r'\bid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', html)) <= set(ids)


def test_every_figure_says_in_words_what_it_shows(report):
    html = report_html(report, NAMES)
    figures = re.findall(r"<svg[^>]*role=\"img\"[^>]*>", html)
    assert figures
    assert all('aria-label="' in figure for figure in figures)
    charts = re.findall(r'<svg[^>]*class="strip[^>]*>', html)
    assert charts
    assert all('aria-hidden="true"' in chart for chart in charts)


def test_an_empty_run_still_makes_a_page_that_says_what_to_do():
    empty = Report("New Co", "EUR", company.TODAY, "0", aftermath=NoPair("Fewer than two sellers."))
    html = report_html(empty, Names())
    assert "Nobody has been paid by a plan yet" in html
    assert "No measure has a value yet" in html
    assert "Fewer than two sellers." in html
    assert "Nobody has been paid" in plain(empty)


@pytest.mark.parametrize(
    "name", ["<script>alert(1)</script>", "[red]x[/red]", "\x1b[2J", "x" * 400, "\u202egnp.exe", "=cmd()"]
)
def test_hostile_names_stay_text_everywhere(report, name):
    names = Names(people=dict.fromkeys(company.SELLERS, name), customers={"crm:s1-0": name})
    html, text = report_html(replace(report, company=name), names), plain(report, names)
    assert "<script" not in html
    assert not {"\x1b", "\u202e"} & set(html)
    assert not {"\x1b", "\u202e"} & set(text)
    assert max(map(len, text.splitlines())) <= 80


def test_the_same_report_gives_the_same_bytes(report):
    assert report_html(report, NAMES) == report_html(made_report(), NAMES)


def test_without_measures_of_persons_nobody_is_compared():
    html = report_html(made_report(replace(WHOSE, persons=False)), NAMES)
    assert "Measures of single persons are off" in html
    assert "Ines Carvalho" not in html


@pytest.mark.parametrize("table", sorted(company.tables()))
def test_any_table_may_be_missing(table):
    report = made_report(**{table: None})
    assert "Of every" in report_html(report, NAMES) or table == "pay_totals"
    assert plain(report)
