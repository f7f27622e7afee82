"""Every command answers people, on a company made by the demo; test_json holds what it answers machines."""

import json
import re
import shutil

import pytest

READING = [
    ["measures"],
    ["measure", "nps"],
    ["measure", "service_level_met", "--by", "person", "--per", "year"],
    ["journey"],
    ["value"],
    ["equity", "--by", "segment"],
    ["risk"],
    ["risk", "--by", "owner"],
    ["pay"],
    ["plan", "check"],
    ["record"],
    ["record", "deals"],
    ["quarantine"],
    ["run", "--dry-run"],
    ["collect", "--dry-run"],
    ["report", "--dry-run"],
    ["check"],
]


@pytest.mark.parametrize("words", READING, ids=" ".join)
def test_a_command_answers_people(words, keepwell):
    status, out, _ = keepwell(*words)
    assert status == 0
    assert out.strip()


def test_the_demo_has_written_its_report(acme):
    page = (acme / "report.html").read_text(encoding="utf-8")
    assert "depends" in page
    assert "<script" not in page


def payee(answer):
    _, told = answer("pay")
    return max(told["data"]["totals"], key=lambda row: row["lines"])


def test_a_statement_adds_up_to_what_pay_says(answer):
    person = payee(answer)["person_id"]
    _, paid = answer("pay")
    expected = sum(float(row["payable"]) for row in paid["data"]["totals"] if row["person_id"] == person)
    status, told = answer("statement", person)
    assert status == 0
    assert float(told["data"]["payable"]) == pytest.approx(expected, abs=0.001)


def test_a_person_may_be_named(answer, keepwell):
    row = payee(answer)
    assert keepwell("statement", row["name"])[1] == keepwell("statement", row["person_id"])[1]
    status, _, err = keepwell("statement", row["name"][:-1] + "x")
    assert status == 2
    assert f"did you mean {row['name']}?" in err


def test_a_first_name_or_a_beginning_names_the_people_it_may_mean(answer, keepwell):
    first, last = payee(answer)["name"].split(" ", 1)
    for said in (first, first[:3].lower(), last):
        status, _, err = keepwell("statement", said)
        assert status == 2
        assert f"{first} {last}" in err


def test_check_says_what_the_configuration_names_and_nobody_has(acme, answer, tmp_path):
    for name in ("sources", "exports", "plans", ".keepwell"):
        (tmp_path / name).symlink_to(acme / name)
    text = re.sub(r"margin: [^,}]+", "margin: {enterprize: 75%, otherwise: 70%}", (acme / "keepwell.yaml").read_text())
    text = text.replace("sources: [hr, crm,", "sources: [hr, crmm,")
    (tmp_path / "keepwell.yaml").write_text(text)
    _, told = answer("check", "-C", str(tmp_path))
    [found] = [one for one in told["data"] if one["code"] == "segment-unheard"]
    assert (found["found"], found["nearest"], found["severity"]) == ("enterprize", "enterprise", "warning")
    [found] = [one for one in told["data"] if one["code"] == "source-unheard"]
    assert (found["found"], found["nearest"], found["severity"]) == ("crmm", "crm", "warning")


def test_help_shows_what_there_is_and_no_more(keepwell):
    status, out, _ = keepwell("run", "--help")
    assert status == 0
    assert "--as-of" in out
    assert "Commands" not in out
    assert "--no-" not in out


def test_init_in_a_project_says_what_its_own_sources_give(acme, keepwell):
    status, out, _ = keepwell("init", str(acme), "--dry-run")
    assert status == 0
    assert "What works now:" in out
    assert "contracts: retention" in out
    assert "No table" not in out


def test_a_segment_is_written_as_the_company_writes_it(keepwell):
    _, out, _ = keepwell("measure", "response_rate", "--by", "segment", "--per", "all")
    assert "\nmid-market " in out


def test_a_line_explains_itself_from_the_source_row(answer, keepwell):
    _, told = answer("statement", payee(answer)["person_id"])
    line = next(one for one in told["data"]["lines"] if one["customer_id"])
    status, out, _ = keepwell("explain", line["line_id"][:8])
    assert status == 0
    assert "exports/" in out
    assert keepwell("explain", "ffffffff")[0] == 2


def test_a_statement_as_a_page_is_written_whole(answer, keepwell, tmp_path):
    page = tmp_path / "one.html"
    assert keepwell("statement", payee(answer)["person_id"], "--format", "html", "--to", str(page))[0] == 0
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["measure", "npss"], "measure-unknown"),
        (["measure", "nps", "--by", "persn"], "usage"),
        (["statement", "nobody-of-this-name"], "id-unknown"),
        (["pay", "--period", "2026-07"], "period-kind"),
        (["pay", "--period", "soon"], "period-unknown"),
        (["run", "--as-of", "yesterday"], "time-unknown"),
        (["run", "--as-of", "1999-01-01"], "record-empty"),
        (["run", "--engine", "abacus"], "engine-unknown"),
        (["record", "dealz"], "table-unknown"),
        (["verify", "nosuchrun"], "run-missing"),
        (["journey", "no such customer"], "id-unknown"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else value,
)
def test_a_wrong_word_is_an_error_with_a_stable_code(words, code, answer):
    status, told = answer(*words)
    assert status == 2
    assert told["error"]["code"] == code
    assert told["data"] is None


def test_a_run_comes_out_the_same_and_a_changed_byte_is_found(acme, tmp_path, keepwell):
    copy = tmp_path / "acme"
    shutil.copytree(acme, copy)
    assert keepwell("verify", where=copy)[0] == 0
    run = json.loads(keepwell("--json", "verify", where=copy)[1])["data"]["run_id"]
    table = copy / ".keepwell" / "runs" / run / "tables" / "pay_totals.parquet"
    table.write_bytes(table.read_bytes() + b" ")
    status, out, _ = keepwell("verify", where=copy)
    assert status == 1
    assert "pay_totals was changed after the run was made" in out


def test_a_closed_period_does_not_change_and_what_is_learnt_later_is_a_line_of_the_next(acme, tmp_path, keepwell):
    copy = tmp_path / "acme"
    shutil.copytree(acme, copy)

    def told(*words):
        return json.loads(keepwell("--json", *words, where=copy)[1])

    before = told("pay", "--period", "2026-Q2")["data"]["totals"]
    assert told("close", "2026-Q2", "--dry-run")["data"]["dry_run"]
    assert told("close", "2026-Q2", "--by", "Ann")["data"]["state"] == "calculated"
    assert told("close", "2026-Q2")["data"]["state"] == "calculated"
    assert told("close", "2026-Q2", "--approve")["error"]["code"] == "usage"
    assert told("close", "2026-Q2", "--approve", "--by", "Ben")["data"]["state"] == "approved"
    assert told("close", "2026-Q2", "--by", "Ann")["data"]["state"] == "closed"
    assert told("close", "2026-Q2")["error"]["code"] == "period-closed"
    assert [one["by"] for one in told("audit")["data"]["decisions"]] == ["Ann", "Ben", "Ann"]
    assert told("close", "2026-Q4")["error"]["code"] == "period-not-over"
    assert told("export", "payroll", "2026-Q3")["error"]["code"] == "period-not-closed"
    paid = told("export", "payroll", "2026-Q2")["data"]["totals"]
    assert float(paid["EUR"]) == pytest.approx(sum(float(row["payable"]) for row in before), abs=0.001)
    assert told("run")["ok"]
    settled = told("pay", "--period", "2026-Q2")["data"]["totals"]
    assert {row["status"] for row in settled} == {"settled"}
    amounts = [(row["person_id"], row["plan"], row["part"], row["payable"]) for row in before]
    assert [(row["person_id"], row["plan"], row["part"], row["payable"]) for row in settled] == amounts
    shutil.copy(copy / "later" / "invoices-corrected.csv", copy / "exports" / "billing")
    shutil.copy(copy / "later" / "Opportunity-corrected.csv", copy / "exports" / "crm")
    assert told("collect", "--known-at", "2026-10-05")["data"]["collect_id"]
    assert told("run")["ok"]
    again = told("pay", "--period", "2026-Q2")["data"]["totals"]
    assert [(row["person_id"], row["plan"], row["part"], row["payable"]) for row in again] == amounts


def test_what_is_decided_by_hand_is_explained_verified_and_shown_with_the_state(acme, tmp_path, keepwell, answer):
    copy = tmp_path / "acme"
    shutil.copytree(acme, copy)

    def told(*words):
        return json.loads(keepwell("--json", *words, where=copy)[1])

    person = payee(answer)["person_id"]
    made = told("adjust", person, "-20.50", "--reason", "paid twice", "--by", "Ann", "--period", "2026-Q3")["data"]
    assert (made["period"], made["amount"]) == ("2026-Q3", "-20.50")
    assert told("plan", "accept", "account-executive", "--person", person, "--on", "2026-01-08")["ok"]
    assert (
        told("plan", "accept", "account-executiv", "--person", person, "--on", "2026-01-08")["error"]["code"]
        == "plan-missing"
    )
    assert told("close", "2026-Q3")["error"]["code"] == "run-outdated"
    assert told("run")["ok"]
    statement = told("statement", person, "--period", "2026-Q3")["data"]
    (line,) = [one for one in statement["lines"] if one["part"] == "adjustment"]
    assert (line["amount"], line["sentence"], statement["status"]) == (
        "-20.5000",
        "paid twice (decided by Ann).",
        "open",
    )
    explained = told("explain", line["line_id"])["data"]
    assert "paid twice" in json.dumps(explained["steps"])
    assert told("close", "2026-Q3", "--by", "Ann")["ok"]
    assert told("close", "2026-Q3", "--approve", "--by", "Ben")["ok"]
    statement = told("statement", person, "--period", "2026-Q3")["data"]
    assert (statement["status"], statement["status_by"]) == ("approved", "Ben")
    assert told("close", "2026-Q3", "--by", "Cleo")["ok"]
    assert "Closed by Cleo" in keepwell("statement", person, "--period", "2026-Q3", where=copy)[1]
    assert told("verify")["data"]["differing"] == {}
    assert told("run")["ok"]
    assert told("verify")["data"]["differing"] == {}
    assert told("explain", line["line_id"])["data"] == explained
    decided = copy / ".keepwell" / "runs" / told("verify")["data"]["run_id"] / "decisions" / "adjustments.parquet"
    decided.write_bytes(
        (acme / ".keepwell" / "runs" / told_latest(acme) / "decisions" / "adjustments.parquet").read_bytes()
    )
    assert told("verify")["error"]["code"] == "verify-other"


def test_a_close_that_is_refused_says_whose_pay_differs_and_what_went_in(acme, tmp_path, keepwell):
    copy = tmp_path / "acme"
    shutil.copytree(acme, copy)

    def told(*words):
        return json.loads(keepwell("--json", *words, where=copy)[1])

    assert told("close", "2026-Q3", "--by", "Ann")["data"]["state"] == "calculated"
    assert told("close", "2026-Q3", "--approve", "--by", "Ben")["data"]["state"] == "approved"
    plan = copy / "plans" / "account-executive.yaml"
    plan.write_text(plan.read_text(encoding="utf-8").replace("100%: 100%", "100%: 90%", 1), encoding="utf-8")
    assert told("run")["ok"]
    refused = told("close", "2026-Q3", "--by", "Ann")["error"]
    assert refused["code"] == "period-changed"
    assert " → " in refused["message"]
    assert "differs in: plans/account-executive.yaml" in refused["message"]
    assert told("close", "2026-Q3", "--calculate", "--by", "Ann")["data"]["state"] == "calculated"


def told_latest(folder):
    return (folder / ".keepwell" / "runs" / "latest").read_text(encoding="utf-8").strip()


def test_an_export_is_printed_or_written(tmp_path, keepwell):
    status, out, aside = keepwell("export", "payroll", "2026-Q3", "--draft")
    assert status == 0
    assert out.splitlines()[0] == "state,period,person_id,name,plan,item,code,currency,amount"
    assert all(row.startswith("draft,2026-Q3,") for row in out.splitlines()[1:])
    assert "this is a draft" in aside
    status, out, _ = keepwell("export", "capitalisation", "2026-Q3", "--draft")
    assert status == 0
    assert out.splitlines()[0].startswith("state,month,contract_id,")
    costs = json.loads(keepwell("--json", "export", "capitalisation", "2026-Q3", "--draft")[1])["data"]["sheets"][
        "expensed"
    ]
    cost = next(row for row in costs if row["contract_id"])
    status, out, _ = keepwell("export", "capitalisation", "2026-Q3", "--draft", "--explain", cost["contract_id"])
    assert status == 0
    assert out.startswith(cost["contract_id"])
    assert f"expensed at once: {cost['why']}" in out
    for file in ("pay.xlsx", "pay.json", "pay.csv"):
        path = tmp_path / file
        assert (
            keepwell("export", "ledger", "2026-Q3", "--draft", "--format", path.suffix[1:], "--to", str(path))[0] == 0
        )
        assert path.stat().st_size > 1000
    assert keepwell("export", "payroll", "2026-Q3", "--draft", "--format", "xlsx")[0] == 2
    assert keepwell("export", "payroll", "2026-Q3", "--draft", "--format", "xls")[0] == 2
    assert keepwell("export", "payroll", "2026-Q3")[0] == 3


def test_init_begins_a_project_and_overwrites_nothing(tmp_path, keepwell):
    folder = tmp_path / "new company"
    assert keepwell("init", str(folder), "--company", "New", "--currency", "USD")[0] == 0
    text = (folder / "keepwell.yaml").read_text(encoding="utf-8")
    assert "New" in text
    (folder / "keepwell.yaml").write_text("company: Mine\ncurrency: USD\n", encoding="utf-8")
    assert keepwell("init", str(folder))[0] == 0
    assert (folder / "keepwell.yaml").read_text(encoding="utf-8") == "company: Mine\ncurrency: USD\n"


def test_a_demo_takes_no_folder_that_holds_something(tmp_path, keepwell):
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    status, _, err = keepwell("demo", str(tmp_path))
    assert status == 3
    assert "demo-folder" in err
    assert keepwell("demo", str(tmp_path / "x"), "--customers", "0")[0] == 2


def test_a_plan_is_shown_in_lines_and_as_svg(keepwell, answer, tmp_path):
    status, out, _ = keepwell("plan", "show", "account-executive", "--part", "new_business")
    assert (status, "┤" in out, "go_live" in out) == (0, True, False)
    target = tmp_path / "new" / "plan.svg"
    assert keepwell("plan", "show", "plans/account-executive.yaml", "--format", "svg", "--to", str(target))[0] == 0
    assert target.read_text(encoding="utf-8").startswith("<svg")
    assert answer("plan", "show", "account-executive")[1]["data"]["parts"][0]["pays"][-1]["of_target"] == "200%"


@pytest.mark.parametrize(("words", "code", "hint"), [
    (("account-executiv",), "plan-missing", "account-executive"),
    (("account-executive", "--part", "new_busines"), "usage", "new_business"),
    (("account-executive", "--on", "1999-01-01"), "plan-missing", "its versions begin on"),
    (("account-executive", "--on", "soon"), "usage", "such as 2026-07-01"),
    (("account-executive", "--format", "gif"), "usage", ""),
])  # fmt: skip
def test_what_cannot_be_shown_says_what_could(keepwell, words, code, hint):
    status, out, err = keepwell("plan", "show", *words)
    assert (status, out) == (2, "")
    assert f"[{code}]" in err
    assert hint in err


def test_a_letter_is_written_for_a_person(keepwell, answer, tmp_path):
    target = tmp_path / "letters" / "ae.pdf"
    payee = next(row for row in answer("pay")[1]["data"]["totals"] if row["plan"] == "account-executive")
    status, told = answer("plan", "letter", "account-executive", "--person", payee["person_id"], "--to", str(target))
    assert (status, told["data"]["person"]) == (0, payee["name"])
    assert target.read_bytes().startswith(b"%PDF-")
    assert keepwell("plan", "letter", "account-executive", "--person", "Nobody Known", "--to", str(target))[0] == 2


def test_plans_are_begun_from_those_that_ship(keepwell, tmp_path):
    company = tmp_path / "new"
    status, out, _ = keepwell("init", str(company), "--plans", "retention,service")
    assert (status, "written: plans/retention.yaml" in out) == (0, True)
    assert keepwell("plan", "new", "manager", where=company)[0] == 0
    assert "left as it is: plans/service.yaml" in keepwell("plan", "new", "service", where=company)[1]
    status, out, _ = keepwell("plan", "check", "service", where=company)
    assert (status, "2 of 2 examples come out" in out) == (0, True)
    assert "operations-chief" in keepwell("plan", "new", where=company)[1]
    assert keepwell("init", str(tmp_path / "other"), "--plans", "retentoin")[0] == 2
    assert not (tmp_path / "other").exists()
