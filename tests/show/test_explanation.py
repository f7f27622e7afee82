"""An explanation says each step with its figures and its source, in every form."""

from keepwell.show.explanation import explanation_html, explanation_json, explanation_text
from show import sample


def test_the_text_numbers_the_steps_and_names_the_rows():
    text = explanation_text(sample.EXPLANATION)
    assert text.splitlines()[0] == f"Line 8f3a04{' ' * 59}−€4,350.00"
    assert "5  Rounded once." in text
    assert "from crm: exports/contracts.csv, row 118" in text
    assert max(map(len, text.splitlines())) <= 80


def test_the_page_and_the_data_hold_the_same_figures():
    html, data = explanation_html(sample.EXPLANATION), explanation_json(sample.EXPLANATION)
    for step in data["steps"]:
        assert step["title"] in html
        for figure in step["figures"]:
            assert figure["figure"] in html
    assert data["amount"] == "-4350.00"
