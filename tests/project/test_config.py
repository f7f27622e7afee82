"""A company's keepwell.yaml is found upward, read, and each mistake in it is said with its line."""

from decimal import Decimal

import pytest

from keepwell.core.errors import ConfigurationError, MissingError
from keepwell.project.config import find_project, read_project


def write(folder, text):
    (folder / "keepwell.yaml").write_text(text)
    return folder


def test_a_project_is_found_from_below(tmp_path):
    write(tmp_path, "company: Acme\ncurrency: EUR\n")
    (tmp_path / "a" / "b").mkdir(parents=True)
    assert find_project(tmp_path / "a" / "b") == tmp_path.resolve()
    with pytest.raises(MissingError) as error:
        find_project(tmp_path.parent)
    assert error.value.code == "project-missing"


def test_what_is_not_said_has_a_plain_default(tmp_path):
    project = read_project(write(tmp_path, "company: Acme\ncurrency: EUR\n"))
    assert (project.company, project.time_zone, project.year_starts, project.closes) == ("Acme", "UTC", 1, "quarter")
    assert project.record == tmp_path / ".keepwell" / "record"


def test_the_satisfied_point_is_a_percentage(tmp_path):
    said = "company: Acme\ncurrency: EUR\nsatisfied_from: "
    assert read_project(write(tmp_path, said + "80%\n")).satisfied_from == Decimal("0.8")
    for wrong in ("0%", "120%", "0.8", "most"):
        with pytest.raises(ConfigurationError) as error:
            read_project(write(tmp_path, f"{said}{wrong}\n"))
        assert [(problem.code, problem.line) for problem in error.value.problems] == [("project-satisfied", 3)]


def test_all_mistakes_are_said_at_once(tmp_path):
    text = "company: Acme\ncurrency: euro\ntime_zone: Mars/Base\nyear_starts: 13\nengine: duckdbb\ncurency: EUR\n"
    with pytest.raises(ConfigurationError) as error:
        read_project(write(tmp_path, text))
    found = {(problem.code, problem.line, problem.nearest) for problem in error.value.problems}
    assert found == {
        ("project-unknown-word", 6, "currency"),
        ("project-time-zone", 3, None),
        ("project-currency", 2, None),
        ("project-year", 4, None),
        ("project-engine", 5, "duckdb"),
    }


def test_the_company_must_have_a_name_and_a_currency(tmp_path):
    with pytest.raises(ConfigurationError) as error:
        read_project(write(tmp_path, "time_zone: UTC\n"))
    assert [problem.message for problem in error.value.problems] == ["company is not said", "currency is not said"]


def test_what_finance_says_is_read(tmp_path):
    text = """company: Acme
currency: EUR
approval: another
ledger: {accounts: {earned: "6400", paid: 1000}}
payroll: {codes: {p.sale: "0210"}}
capitalisation: {benefit: 5 years, plans: {p: contract, q: 30 months}, without_end: 3 years, leaves_out: [go_live]}
"""
    project = read_project(write(tmp_path, text))
    assert (project.approval, project.finance.accounts, project.finance.codes) == (
        "another", {"earned": "6400", "paid": "1000"}, {"p.sale": "0210"})  # fmt: skip
    policy = project.finance.capitalisation
    assert (policy.months("other"), policy.months("p"), policy.months("q")) == (60, None, 30)
    assert (policy.without_end, policy.short, policy.leaves_out) == (36, "expensed", ("go_live",))


def test_what_finance_can_not_mean_is_said_with_its_line(tmp_path):
    text = """company: Acme
currency: EUR
ledger: {accounts: {earnd: "1"}, acounts: {}}
payroll: {code: {}}
capitalisation:
  benefit: 5 decades
  without_end: contract
  one_year_or_less: ignored
approval: nobody
"""
    with pytest.raises(ConfigurationError) as error:
        read_project(write(tmp_path, text))
    found = {(problem.code, problem.line, problem.nearest) for problem in error.value.problems}
    assert found == {
        ("finance-account-unknown", 3, "earned"), ("finance-unknown-word", 3, "accounts"), ("finance-unknown-word", 4, "codes"),
        ("finance-span", 6, None), ("finance-span", 7, None), ("finance-short", 8, None), ("project-approval", 9, "anybody"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("persons: maybe", "project-persons"),
        ("memory: plenty", "project-memory"),
        ("year_starts: true", "project-year"),
    ],
)
def test_what_would_be_passed_over_in_silence_is_said(tmp_path, said, code):
    with pytest.raises(ConfigurationError) as error:
        read_project(write(tmp_path, f"company: Acme\ncurrency: EUR\n{said}\n"))
    assert [(problem.code, problem.line) for problem in error.value.problems] == [(code, 3)]


@pytest.mark.parametrize("text", ["- a\n- b\n", "just a text\n"])
def test_a_file_that_is_no_block_is_called_so(tmp_path, text):
    with pytest.raises(ConfigurationError) as error:
        read_project(write(tmp_path, text))
    assert [problem.code for problem in error.value.problems] == ["project-block"]
