"""Is a word that no catalogue has said once, with its count and place, and its row kept?"""

from __future__ import annotations

from pathlib import Path

import pytest

from keepwell.collect import CollectReport, collect
from keepwell.core.errors import ConfigurationError
from keepwell.project.config import read_project

DEALS = ["id,product,stage", "1,GTX Pro,Won", "2,GTXPro,Won", "3,GTXPro,Lost", "4,,Won", "5,Other thing,Won"]


def project_with(folder: Path, known: str, deals: list[str] = DEALS) -> Path:
    (folder / "sources").mkdir(parents=True)
    (folder / "exports").mkdir()
    (folder / "keepwell.yaml").write_text("company: A\ncurrency: EUR\n", encoding="utf-8")
    (folder / "exports/deals.csv").write_text("\n".join(deals) + "\n", encoding="utf-8")
    (folder / "exports/products.csv").write_text("name;price\nGTX Pro;1\nMG;2\n", encoding="utf-8")
    (folder / "sources/crm.yaml").write_text(
        "reads: exports/deals.csv\nbecomes:\n  deals:\n"
        f"    known: {known}\n"
        "    deal_id: id\n    product: product\n    outcome: {from: stage, as: {Won: won, Lost: lost}}\n",
        encoding="utf-8",
    )
    return folder


def collected(folder: Path) -> CollectReport:
    return collect(read_project(folder))


def test_words_that_a_file_does_not_list_are_said_with_count_place_and_nearest(tmp_path: Path) -> None:
    folder = project_with(tmp_path / "p", "{product: {reads: exports/products.csv, column: name}}")
    report = collected(folder)
    assert [table.new for table in report.tables] == [5]  # every row is kept
    assert report.quarantine == ()
    first, second = report.warnings
    assert (first.code, first.found, first.nearest) == ("value-not-in-catalogue", "GTXPro", "GTX Pro")
    assert (first.file, first.line) == ("exports/deals.csv", 3)
    assert "2 rows name it and are kept" in first.message
    assert second.found == "Other thing"
    assert second.nearest is None
    assert "1 row names it and is kept" in second.message


def test_words_may_be_listed_in_the_source_file(tmp_path: Path) -> None:
    report = collected(project_with(tmp_path / "p", "{product: [GTX Pro, Other thing]}"))
    assert [warning.found for warning in report.warnings] == ["GTXPro"]


def test_nothing_is_said_of_what_is_listed_or_empty(tmp_path: Path) -> None:
    report = collected(project_with(tmp_path / "p", "{product: [GTX Pro, GTXPro, Other thing]}"))
    assert report.warnings == ()


def test_many_words_are_said_together(tmp_path: Path) -> None:
    deals = ["id,product,stage", *(f"{n},thing {n},Won" for n in range(50))]
    report = collected(project_with(tmp_path / "p", "{product: [GTX Pro]}", deals))
    assert len(report.warnings) == 21
    assert report.warnings[-1].message.startswith("30 more words of product are not in the known words; 30 rows")


@pytest.mark.parametrize(
    ("known", "code"),
    [
        ("{product: {reads: exports/products.csv, column: nam}}", "source-unknown-column"),
        ("{product: {reads: exports/nothing.csv, column: name}}", "file-missing"),
        ("{product: {column: name}}", "source-word-missing"),
        ("{prodct: [a]}", "source-unknown-column"),
        ("[a, b]", "source-known"),
    ],
)
def test_a_catalogue_that_cannot_be_read_is_an_error_with_its_line(tmp_path: Path, known: str, code: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        collected(project_with(tmp_path / "p", known))
    (problem,) = caught.value.problems
    assert (problem.code, problem.file, problem.line) == (code, "sources/crm.yaml", 4)
