"""What a `.sql` file says of itself is read; what it fails to say is a problem with file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from keepwell.core.errors import ConfigurationError, MissingError
from keepwell.core.tables import Column
from keepwell.engine import load_models, read_model

GOOD = """-- one row per customer and stage: when they entered it,
-- because a stage that lasts is a promise that slips
-- key: customer_id, stage
-- kept: yes
-- gives:
--   customer_id text     whose stage it is
--   stage text           one of the company's stages
--   entered_on date!     the first day in it
--   visits integer
WITH visits AS (
  SELECT e.customer_id, e.stage, CAST(e.at AS DATE) AS entered_on FROM events AS e -- from is a word
)
SELECT v.customer_id, v.stage, min(v.entered_on) AS entered_on, count(*) AS visits
FROM visits AS v
INNER JOIN stages USING (stage)
WHERE EXISTS (SELECT 1 FROM customers WHERE customers.customer_id = v.customer_id)
GROUP BY v.customer_id, v.stage
"""


def problems_of(text: str) -> list[tuple[str, int | None]]:
    with pytest.raises(ConfigurationError) as caught:
        read_model(text, "wrong", "journey/wrong.sql")
    assert {problem.file for problem in caught.value.problems} == {"journey/wrong.sql"}
    return [(problem.code, problem.line) for problem in caught.value.problems]


def test_a_header_is_read() -> None:
    model = read_model(GOOD, "stages_entered")
    assert model.name == "stages_entered"
    assert model.kept
    assert model.gives.says.startswith("one row per customer and stage: when they entered it, because")
    assert model.gives.columns == (
        Column("customer_id", "text", "whose stage it is", key=True, required=True),
        Column("stage", "text", "one of the company's stages", key=True, required=True),
        Column("entered_on", "date", "the first day in it", required=True),
        Column("visits", "integer"),
    )


def test_the_inputs_are_the_tables_it_reads_and_not_its_own() -> None:
    assert read_model(GOOD, "stages_entered").inputs == ("customers", "events", "stages")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("-- key: customer_id, stage", "-- key: customer, stage", ("model-key", 3)),
        ("-- key: customer_id, stage\n", "", ("model-key", 1)),
        ("-- kept: yes", "-- kept: perhaps", ("model-kept", 4)),
        ("entered_on date!", "entered_on day", ("model-type", 8)),
        ("--   visits integer", "--   visits", ("model-column", 9)),
        ("--   visits integer", "--   stage text", ("model-column-twice", 5)),
        ("-- kept: yes", "-- kept: yes\n-- keys: none", ("model-header", 5)),
    ],
)
def test_what_is_wrong_with_a_header_is_said_with_its_line(old: str, new: str, expected: tuple[str, int]) -> None:
    assert expected in problems_of(GOOD.replace(old, new))


def test_a_model_without_a_header_is_told_all_that_is_missing() -> None:
    assert [code for code, _ in problems_of("SELECT 1 AS one")] == ["model-key", "model-says"]


def test_a_table_of_one_row_has_no_key() -> None:
    assert read_model("-- the one row\n-- key: none\n-- gives:\n--   n integer\nSELECT 1 AS n", "one").gives.key == ()


@pytest.mark.parametrize("sql", ["SELECT 1 AS n; SELECT 2", "DROP TABLE x", "SELEC 1", "SELECT FROM FROM"])
def test_only_one_select_is_a_model(sql: str) -> None:
    model = read_model(f"-- the one row\n-- key: none\n-- gives:\n--   n integer\n{sql}", "one", "one.sql")
    with pytest.raises(ConfigurationError) as caught:
        model.inputs  # noqa: B018
    assert caught.value.code == "model-sql"
    assert caught.value.problems[0].file == "one.sql"


def test_models_are_found_below_a_folder_and_their_problems_come_together(tmp_path: Path) -> None:
    (tmp_path / "deeper").mkdir()
    (tmp_path / "b.sql").write_text(GOOD)
    (tmp_path / "deeper" / "a.sql").write_text(GOOD)
    assert [model.name for model in load_models(tmp_path)] == ["a", "b"]
    (tmp_path / "a.sql").write_text(GOOD.replace("kept: yes", "kept: y"))
    with pytest.raises(ConfigurationError) as caught:
        load_models(tmp_path)
    assert [problem.code for problem in caught.value.problems] == ["model-kept", "model-twice"]


def test_a_folder_that_is_not_there_is_missing(tmp_path: Path) -> None:
    with pytest.raises(MissingError):
        load_models(tmp_path / "nowhere")
