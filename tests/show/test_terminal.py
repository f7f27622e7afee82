"""The commands' tables line up, add up, and keep to their width."""

from decimal import Decimal

import pyarrow as pa
from rich.cells import cell_len

from keepwell.record.tables import STAGES
from keepwell.show.aligned import Column, aligned, fitted
from keepwell.show.journey_map import journey_map
from keepwell.show.readings import measure_words, readings
from keepwell.show.terminal import journey_lines, measure_lines, measures_lines, pay_lines
from show import sample_company as company
from show.sample_report import NAMES


def test_columns_line_up_for_wide_letters_too():
    lines = aligned([Column("Name"), Column("n", right=True)], [("王小明", "1"), ("Ann", "12,345")])
    assert {cell_len(line) for line in lines} == {14}
    assert lines[2] == "王小明       1"


def test_a_column_that_may_shrink_gives_way_and_says_so():
    lines = aligned([Column("Name", shrinks=True), Column("n", right=True)], [("x" * 200, "1")], width=30)
    assert max(map(cell_len, lines)) == 30
    assert "…" in lines[2]


COMPANIES = [Column("Customer", shrinks=True), Column("Segment"), Column("Value", right=True),
             Column("90% interval", right=True), Column("By", shrinks=True)]  # fmt: skip
COMPANY = ("Gooseberry Renewables", "enterprise", "€1,250,009", "€230,159–€1,637,636", "hazard of leaving")


def test_nothing_is_cut_until_it_cannot_be_read_and_then_a_row_takes_several_lines():
    for width in (60, 70, 80, 100):
        lines = aligned(COMPANIES, [COMPANY], width)
        assert max(cell_len(line) for text in lines for line in text.splitlines()) <= width
        assert len(lines) == 3
        assert lines[2].startswith("Gooseberry Rene")
        assert all(cell in lines[2] for cell in COMPANY[1:4])
    assert aligned(COMPANIES, [COMPANY], 60) == [
        "Customer               Segment          Value\n         90% interval  By",
        "─" * 45,
        "Gooseberry Renewables  enterprise  €1,250,009\n  €230,159–€1,637,636  hazard of leaving",
    ]


def test_figures_that_take_several_lines_stand_below_figures():
    columns = [Column("Team", shrinks=True), *[Column(word, right=True) for word in ("Cost", "Gained", "Lost", "Net")]]
    lines = aligned(columns, [("Support", "10", "2,000", "−5", "1,995"), ("Sales", "7", "", "", "")], 24)
    assert lines == [
        "Team     Cost  Gained\n         Lost     Net",
        "─" * 21,
        "Support    10   2,000\n           −5   1,995",
        "Sales       7",
    ]


def test_text_is_cut_to_its_cells_not_its_letters():
    assert cell_len(fitted("王小明王小明", 7)) == 7


def test_a_measures_table_shows_value_interval_n_and_credible():
    found = readings(company.measures(), "nps", "team", "quarter")
    lines = measure_lines(found, measure_words("nps"), NAMES)
    assert lines[0].split() == ["Team", "Period", "Value", "95%", "interval", "n", "Credible"]
    assert any("fewer than 5 answers" in line for line in lines)
    assert max(map(cell_len, lines)) <= 80
    assert measure_lines((), measure_words("nps"), NAMES) == ["NPS: no value yet."]


def test_bounds_are_not_called_an_interval():
    found = readings(company.measures(), "nps", "team", "quarter")
    head = measure_lines(found, measure_words("nps_bounds"), NAMES)[0]
    assert "Bounds" in head
    assert "interval" not in head


def test_the_catalogue_says_what_is_missing():
    lines = measures_lines([(measure_words("nps"), "available"), (measure_words("nrr"), "needs contracts")])
    assert lines[2].startswith("nps")
    assert lines[3].endswith("needs contracts")


def test_payable_is_new_less_held_less_recovered():
    rows = company.pay_totals().to_pylist()
    for row in rows:
        row["recovered"] = Decimal("1.00")
    lines = pay_lines(pa.Table.from_pylist(rows), company.PARTS, NAMES, "2026-Q3", company.MONTHS[-1], "EUR")
    for line in lines[4:]:
        new, held, recovered, payable = (Decimal(cell.replace("€", "").replace(",", "")) for cell in line.split()[-4:])
        assert payable == new - held - recovered
    assert lines[-1].startswith("All")
    assert pay_lines(pa.Table.from_pylist(rows), company.PARTS, NAMES, "1999-Q1", 1, "EUR") == [
        "Nobody is paid anything in Q1 1999."
    ]


def test_the_journey_as_tables_names_stages_and_ways():
    lines = journey_lines(journey_map(company.transitions(), company.stages(), STAGES))
    assert lines[0].split()[0] == "Stage"
    assert lines[2].startswith("Aware")
    assert any(line.startswith("Evaluate  Buy") for line in lines)
