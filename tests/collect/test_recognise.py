"""Are exports known by their columns, and is what `keepwell init` writes right, readable and safe?"""

from __future__ import annotations

import csv
import gzip
import zipfile
from pathlib import Path

import pytest

from keepwell.collect.begin import safe_name, write_project
from keepwell.collect.kinds import all_kinds, fit, kinds_of, plain, which_kind
from keepwell.collect.recognise import Match, guess_table, looks_like_data, recognise
from keepwell.collect.source import parse_source, preset_names, read_sources
from keepwell.collect.source_text import quoted
from keepwell.core.errors import MissingError
from keepwell.project.config import read_project
from keepwell.project.yaml import parse_yaml
from keepwell.record.tables import TABLES


def export(folder: Path, name: str, *rows: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def native_salesforce(folder: Path) -> Path:
    return export(
        folder, "Opportunity.csv",
        "Id,AccountId,Amount,CloseDate,CreatedDate,StageName,IsClosed,IsWon,OwnerId,LeadSource",
        "006A,001A,1200.50,2026-03-31,2026-01-02,Closed Won,true,true,005A,Web",
    )  # fmt: skip


@pytest.mark.parametrize("preset", preset_names())
def test_every_preset_is_a_source_file_without_mistakes(preset: str) -> None:
    kinds = kinds_of(preset)
    assert any(kind.becomes is not None for kind in kinds)
    for kind in kinds:
        assert kind.says
        assert len(kind.recognised_by) >= 2
        if kind.becomes is None:
            continue
        columns = _columns_of(kind.becomes)
        fitted = fit(kind, columns)
        assert fitted.without == ()
        assert all(lost == () for lost in fitted.lacks.values())
        for table, node in fitted.becomes.block.items():
            unknown = set(node.block) - set(TABLES[table].names) - {"keep", "each", "where", "known", "until_next"}
            assert not unknown, f"{preset} {kind.name}: {table} has no {unknown}"


def _columns_of(node: object) -> list[str]:
    """All texts of a mapping: more columns than it names, and every one that it names."""
    from keepwell.project.yaml import Node

    assert isinstance(node, Node)
    if isinstance(node.value, dict):
        return [column for key, child in node.value.items() for column in [key, *_columns_of(child)]]
    if isinstance(node.value, list):
        return [column for child in node.value for column in _columns_of(child)]
    keep = node.raw.partition(" by ")[2]
    return [node.raw, *[column.strip() for column in keep.split(",") if column]]


def test_no_two_kinds_of_all_presets_ask_for_the_same_columns() -> None:
    seen: dict[tuple[frozenset[str], str], str] = {}
    for kind in all_kinds():
        key = (frozenset(map(plain, kind.recognised_by)), kind.named)
        assert key not in seen, f"{kind.preset} {kind.name} and {seen[key]}"
        seen[key] = f"{kind.preset} {kind.name}"


def test_a_file_is_known_by_its_columns_in_any_spelling() -> None:
    for columns in (
        ["id", "account_id", "amount", "close_date", "stage_name", "is_closed", "is_won", "owner_id"],
        ["Id", "AccountId", "Amount", "CloseDate", "StageName", "IsClosed", "IsWon", "OwnerId"],
        ['"ID"', '"ACCOUNT_ID"', "AMOUNT", "CLOSE_DATE", "STAGE_NAME", "IS_CLOSED", "IS_WON", "OWNER_ID"],
    ):
        kind = which_kind(columns, "anything.csv", all_kinds())
        assert kind is not None
        assert (kind.preset, kind.name) == ("salesforce", "opportunities")


def test_the_most_telling_kind_wins() -> None:
    columns = ["id", "customer_id", "status", "current_period_start", "current_period_end", "cancel_at_period_end"]
    assert _name(columns) == "subscriptions"
    assert _name([*columns, "_fivetran_active"]) == "subscription history"


def _name(columns: list[str]) -> str | None:
    kind = which_kind(columns, "x.csv", all_kinds())
    return None if kind is None else kind.name


def test_common_columns_need_the_files_name_as_well() -> None:
    columns = ["id", "name", "_fivetran_synced"]
    assert which_kind(columns, "status.csv", all_kinds()) is None
    kind = which_kind(columns, "hubspot_team_data.csv", all_kinds())
    assert kind is not None
    assert kind.preset == "hubspot"


def test_what_a_file_lacks_is_left_out_and_said() -> None:
    kind = next(kind for kind in kinds_of("salesforce") if kind.name == "cases")
    fitted = fit(kind, ["Id", "CaseNumber", "AccountId", "OwnerId", "Status", "ClosedDate", "IsClosed", "CreatedDate"])
    tickets = fitted.becomes.block["tickets"]
    assert tickets.block["opened_at"].raw == "CreatedDate"
    assert "where" not in tickets.block  # the file has no IsDeleted
    assert set(fitted.lacks["tickets"]) == {"priority", "topic", "channel", "text"}


def test_a_table_without_a_column_that_it_needs_is_not_made() -> None:
    kind = next(kind for kind in kinds_of("salesforce") if kind.name == "cases")
    fitted = fit(kind, ["Id", "CaseNumber", "AccountId", "OwnerId", "Status", "ClosedDate", "IsClosed"])
    assert fitted.without == ("tickets",)
    assert fitted.becomes.block == {}


def test_init_writes_a_project_that_reads_back_as_meant(tmp_path: Path) -> None:
    said = write_project(tmp_path / "acme", recognise([native_salesforce(tmp_path)]), company="Acme & Söhne")
    project = read_project(tmp_path / "acme")
    assert (project.company, project.sources) == ("Acme & Söhne", ("salesforce",))
    (source,) = read_sources(tmp_path / "acme")
    (table_map,) = source.readings[0].becomes
    assert source.readings[0].reads == ("exports/Opportunity.csv",)
    assert table_map.table.name == "deals"
    assert {"deal_id", "customer_id", "owner_id", "outcome", "closed_on", "amount", "channel"} <= set(table_map.values)
    assert (tmp_path / "acme/exports/Opportunity.csv").is_file()
    assert any(line.startswith("Opportunity.csv: salesforce opportunities → deals") for line in said)


def test_init_says_what_works_what_is_needed_and_what_else_would_give_what(tmp_path: Path) -> None:
    measures = {"signed": ("deals",), "nps": ("surveys",), "nrr": ("contracts", "customers")}
    said = write_project(tmp_path / "acme", recognise([native_salesforce(tmp_path)]), measures=measures)
    text = "\n".join(said)
    assert "  deals: sales, quota attainment, commission" in said
    assert "  measures: signed" in said
    assert "nrr" not in text  # it needs two tables
    assert any(line.startswith("  needed: customers. Rows of deals") for line in said)
    assert any(line.startswith("  needed: people. Rows of deals") for line in said)
    assert "  surveys: NPS, satisfaction, effort, response rate (measures nps)" in said


def test_comments_say_what_stays_empty_and_what_is_not_read(tmp_path: Path) -> None:
    path = export(
        tmp_path,
        "org.csv",
        "id,name,shared_tickets,shared_comments,external_id,created_at,mystery",
        "1,A,f,f,,2026-01-01,?",
    )
    write_project(tmp_path / "p", recognise([path]))
    text = (tmp_path / "p/sources/zendesk.yaml").read_text(encoding="utf-8")
    assert "# nothing yet for: segment, industry, region, parent_id" in text
    assert "# not read: shared_tickets, shared_comments, external_id, mystery" in text


def test_nothing_that_exists_is_overwritten(tmp_path: Path) -> None:
    folder = tmp_path / "acme"
    matches = recognise([native_salesforce(tmp_path)])
    write_project(folder, matches, company="Acme")
    for name in ("keepwell.yaml", "sources/salesforce.yaml"):
        (folder / name).write_text("# mine\n", encoding="utf-8")
    said = write_project(folder, matches, company="Other")
    assert "left as it is: keepwell.yaml" in said
    assert "left as it is: sources/salesforce.yaml" in said
    assert (folder / "keepwell.yaml").read_text(encoding="utf-8") == "# mine\n"
    assert [path.name for path in (folder / "exports").iterdir()] == ["Opportunity.csv"]  # not copied twice


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    said = write_project(tmp_path / "acme", recognise([native_salesforce(tmp_path)]), dry_run=True)
    assert not (tmp_path / "acme").exists()
    assert "would write: sources/salesforce.yaml" in said


def test_an_empty_project_has_an_example_of_each_file(tmp_path: Path) -> None:
    said = write_project(tmp_path / "acme", company="Acme")
    written = {
        path.relative_to(tmp_path / "acme").as_posix() for path in (tmp_path / "acme").rglob("*") if path.is_file()
    }
    assert written == {"keepwell.yaml", "sources/example.yaml.example", "plans/example.yaml.example"}
    assert read_project(tmp_path / "acme").sources == ()
    example = (tmp_path / "acme/sources/example.yaml.example").read_text(encoding="utf-8")
    assert [table.table.name for table in parse_source(example, "tickets").readings[0].becomes] == [
        "customers", "people", "tickets", "ticket_steps",
    ]  # fmt: skip
    assert "No table of the record is filled yet." in said


HOSTILE = [
    "plain.csv", "with space.csv", "quote's \"two\".csv", "semi;colon & $HOME `id`.csv", "-rf.csv", "yes.csv", "#hash.csv",
    "{brace}: [list], *.csv", "star*[a].csv", "ünï-日本語.csv", "line\nbreak: true.csv", "tab\there.csv", "bidi\u202egpj.csv",
    "back\\slash.csv", "%s %d {0}.csv", "a" * 200 + ".csv", "..csv", "emoji 🧾.csv", "no\u0301rmal.csv",
]  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("inside", [False, True], ids=["elsewhere", "inside"])
def test_file_names_are_data(tmp_path: Path, name: str, inside: bool) -> None:
    folder = tmp_path / "acme"
    where = folder / "exports" if inside else tmp_path / "from"
    path = export(where, name, "id,survey_type,score,comment,created_at", "1,nps,9,good,2026-01-01")
    said = write_project(folder, recognise([path]))
    (source,) = read_sources(folder)
    (pattern,) = source.readings[0].reads
    (found,) = folder.glob(pattern)
    assert found.read_text(encoding="utf-8") == path.read_text(encoding="utf-8")
    assert found.resolve().is_relative_to(folder.resolve())
    assert all("\n" not in line and line.isprintable() for line in said)
    assert {entry.name for entry in tmp_path.iterdir()} <= {"acme", "from"}


@pytest.mark.parametrize("name", ["../../evil.csv", "/evil.csv", "a/../../evil.csv", "..\\evil.csv"])
def test_members_of_an_archive_stay_inside(tmp_path: Path, name: str) -> None:
    path = tmp_path / "x.zip"
    rows = "id,survey_type,score,comment,created_at\n1,nps,9,good,2026-01-01\n"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(name, rows)
        archive.writestr("other.csv", "id,name,shared_tickets,shared_comments,external_id\n1,A,f,f,\n")
    write_project(tmp_path / "acme", recognise([path]))
    outside = [p for p in tmp_path.rglob("*evil*") if not p.is_relative_to(tmp_path / "acme/exports")]
    assert outside == []
    assert not Path("/evil.csv").exists()
    assert {source.name for source in read_sources(tmp_path / "acme")} == {"answers", "zendesk"}


def test_a_link_to_elsewhere_is_copied_not_followed_later(tmp_path: Path) -> None:
    real = native_salesforce(tmp_path)
    folder = tmp_path / "acme"
    (folder / "exports").mkdir(parents=True)
    (folder / "exports/deals.csv").symlink_to(real)
    write_project(folder, recognise([folder / "exports/deals.csv"]))
    (pattern,) = read_sources(folder)[0].readings[0].reads
    (found,) = folder.glob(pattern)
    assert not found.is_symlink()


def test_two_files_of_one_name_are_both_kept(tmp_path: Path) -> None:
    one = export(tmp_path / "a", "x.csv", "id,survey_type,score,comment,created_at", "1,nps,9,good,2026-01-01")
    two = export(tmp_path / "b", "x.csv", "id,survey_type,score,comment,created_at", "2,nps,3,bad,2026-01-02")
    write_project(tmp_path / "acme", recognise([one, two]))
    (source,) = read_sources(tmp_path / "acme")
    assert source.readings[0].reads == ("exports/x.csv", "exports/x-2.csv")


def test_packed_files_and_other_kinds_are_recognised(tmp_path: Path) -> None:
    rows = b"id;survey_type;score;comment;created_at\n1;nps;9;good;2026-01-01\n"
    packed = tmp_path / "answers.csv.gz"
    packed.write_bytes(gzip.compress(b"\xef\xbb\xbf" + rows))
    lines = tmp_path / "events.jsonl"
    lines.write_text(
        '{"uuid": "1", "event": "open", "distinct_id": "c", "properties": "{}", "timestamp": "2026-01-01"}\n'
    )
    found = [(match.kind.preset, match.kind.name) for match in recognise([packed, lines]) if match.kind]
    assert found == [("answers", "of several surveys"), ("posthog", "events")]


def test_a_file_that_nobody_knows_gets_a_draft_with_the_nearest_columns(tmp_path: Path) -> None:
    path = export(
        tmp_path,
        "pipeline.csv",
        "opportunity_id,sales_agent,product,account,deal_stage,close_date,close_value",
        "1,a,b,c,Won,,3",
    )
    said = write_project(tmp_path / "acme", recognise([path]))
    draft = (tmp_path / "acme/sources/pipeline.yaml.draft").read_text(encoding="utf-8")
    (table_map,) = parse_source(draft, "pipeline").readings[0].becomes
    assert table_map.table.name == "deals"
    assert {"deal_id", "customer_id", "owner_id", "outcome", "amount", "closed_on"} <= set(table_map.values)
    assert "# annual_value: …  (money)" in draft
    assert any("it looks like deals" in line for line in said)
    assert read_project(tmp_path / "acme").sources == ()


@pytest.mark.parametrize(("header", "table", "columns"), [
    ("Worker ID,Since,Job,Team,Supervisor", "positions", {"person_id", "from_on", "role", "team_id", "manager_id"}),
    ("Rep,Quarter start,Quarter end,Quota", "quotas", {"person_id", "from_on", "to_on", "target"}),
    ("Contract number,Customer,Start,End,ARR,Cancelled", "contracts",
     {"contract_id", "customer_id", "starts_on", "ends_on", "annual_value", "ended_on"}),
    ("Customer,Milestone,Due date,Completed", "milestones", {"customer_id", "kind", "due_on", "reached_at"}),
    ("Activity ID,Customer,Agent,Date,Type,Duration", "touches",
     {"touch_id", "customer_id", "person_id", "at", "kind", "minutes"}),
    ("Client,Company name,Country,Size,Customer since", "customers",
     {"customer_id", "name", "region", "segment", "customer_since_on"}),
])  # fmt: skip
def test_common_columns_are_found(header: str, table: str, columns: set[str]) -> None:
    guess = guess_table(header.split(","))
    assert guess is not None
    assert guess.table.name == table
    assert set(guess.columns) == columns


def test_a_draft_names_what_it_does_not_use_and_ends_positions_by_the_next(tmp_path: Path) -> None:
    path = export(tmp_path, "jobs.csv", "Worker ID,Since,Job,Team,Supervisor,Shoe size", "1,2026-01-01,a,b,2,43")
    write_project(tmp_path / "acme", recognise([path]))
    draft = (tmp_path / "acme/sources/jobs.yaml.draft").read_text(encoding="utf-8")
    assert "# not used yet: Shoe size" in draft
    assert parse_source(draft, "jobs").readings[0].becomes[0].until_next == "to_on"


def test_a_file_without_a_header_is_said(tmp_path: Path) -> None:
    path = export(
        tmp_path, "dump.tsv", "274\t2022-05-30 00:00:00.000\t28000.0000", "275\t2022-05-30 00:00:00.000\t367000.0000"
    )
    (match,) = recognise([path])
    assert match.headless
    write_project(tmp_path / "acme", [match])
    assert "header: [column_1, column_2, column_3]" in (tmp_path / "acme/sources/dump.yaml.draft").read_text()


def test_files_like_nothing_are_said_and_left_alone(tmp_path: Path) -> None:
    odd = export(tmp_path, "odd.csv", "foo,bar", "1,2")
    said = write_project(tmp_path / "acme", recognise([odd, native_salesforce(tmp_path)]))
    assert "not recognised, and like nothing in the record (name one alone to get a draft): odd.csv" in said
    assert not (tmp_path / "acme/exports/odd.csv").exists()
    write_project(tmp_path / "alone", recognise([odd]))
    assert "# Its columns: foo, bar" in (tmp_path / "alone/sources/odd.yaml.draft").read_text(encoding="utf-8")


def test_files_that_cannot_be_read_are_said_and_the_others_go_on(tmp_path: Path) -> None:
    empty = tmp_path / "empty.csv"
    empty.touch()
    broken = tmp_path / "broken.parquet"
    broken.write_bytes(b"PAR1 not really")
    binary = tmp_path / "photo.png"
    binary.write_bytes(b"\x89PNG")
    matches = recognise([empty, broken, binary, native_salesforce(tmp_path)])
    assert [match.problem is not None for match in matches] == [True, True, True, False]
    said = write_project(tmp_path / "acme", matches)
    assert sum("not read." in line for line in said) == 3
    assert len(read_sources(tmp_path / "acme")) == 1


def test_a_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(MissingError, match="no file"):
        recognise([tmp_path / "nothing.csv"])


def test_a_folder_stands_for_its_files(tmp_path: Path) -> None:
    native_salesforce(tmp_path / "in")
    export(tmp_path / "in", ".hidden.csv", "a,b")
    assert [match.file.path.name for match in recognise([tmp_path / "in"])] == ["Opportunity.csv"]


@pytest.mark.parametrize("text", ["yes", "no", "On", "null", "~", "1", "1.5", "2026-01-01", "a: b", "# x", "a\nb", "'", '"', "",
                                  "*x", "&x", "!x", "@x", "`x`", "{x}", "[x]", "a, b", "\x07", "\u202e", "ü", " x ", "-"])  # fmt: skip
def test_quoted_text_reads_back_as_itself(text: str) -> None:
    node = parse_yaml(f"a: {quoted(text)}\nb: [{quoted(text)}]\nc: {{{quoted(text)}: 1}}")
    assert node.block["a"].value == text
    assert node.block["b"].items[0].value == text
    assert list(node.block["c"].block) == [text]


def test_rows_of_data_are_told_from_names() -> None:
    assert looks_like_data(["1", "295847284", "1969-01-29", "column_4"])
    assert not looks_like_data(["id", "2024", "name", "Q1"])


def test_guesses_use_each_column_once_and_need_a_few() -> None:
    guess = guess_table(["Ticket ID", "Agent Name", "Created time", "Priority", "Topic"])
    assert guess is not None
    assert guess.table.name == "tickets"
    assert len(set(guess.columns.values())) == len(guess.columns)
    assert guess_table(["x", "y"]) is None


def test_safe_names_have_no_folders_and_are_never_empty() -> None:
    for name in (*HOSTILE, "", "/", "...", "\x00", "a/b", "a\\b"):
        made = safe_name(name)
        assert made
        assert "/" not in made
        assert "\\" not in made
        assert not made.startswith((".", "-"))
        assert made.isprintable()


def test_a_match_without_a_kind_fills_no_table(tmp_path: Path) -> None:
    (match,) = recognise([export(tmp_path, "odd.csv", "foo,bar", "1,2")])
    assert isinstance(match, Match)
    assert match.tables == ()


def test_headers_with_commas_and_quotes_are_written_back(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(
            [["Order Number", 'Customer, "main"', "Order Date", "Total: net", "Ship Date"], ["1", "a", "", "", ""]]
        )
    write_project(tmp_path / "acme", recognise([path]))
    draft = (tmp_path / "acme/sources/x.yaml.draft").read_text(encoding="utf-8")
    assert parse_source(draft, "x").readings[0].becomes[0].table.name == "orders"
