"""`credit` and `accounts` over a small company: they add up, line up, and say what was not found."""

from __future__ import annotations

from decimal import Decimal

import pytest

METHODS = {"owen", "equal", "time_decay", "declared", "markov"}


def test_accounts_add_up_to_the_change_of_equity(answer, keepwell):
    for since in ((), ("--since", "2026-02-10")):
        status, told = answer("accounts", *since)
        assert status == 0
        data = told["data"]
        [equity] = answer("equity", *since)[1]["data"]["units"]
        whole = {
            name: Decimal(amount) for name, amount in data["all"].items() if name not in ("department", "customers")
        }
        assert (Decimal(data["start"]), Decimal(data["end"])) == (Decimal(equity["start"]), Decimal(equity["end"]))
        causes = {
            name: Decimal(equity.get(name, 0)) for name in ("won", "grown", "lost", "shrunk", "kept", "re_estimated")
        }
        assert whole["gained"] == causes["won"] + causes["grown"]
        assert whole["lost"] == causes["lost"] + causes["shrunk"]
        assert (whole["kept"], whole["re_estimated"]) == (causes["kept"], causes["re_estimated"])
        assert Decimal(data["start"]) + sum(causes.values()) == Decimal(data["end"])
        for row in data["departments"]:
            gained, lost, cost, net = (Decimal(row[name]) for name in ("gained", "lost", "cost", "net"))
            assert gained + lost - cost == net
            assert Decimal(row["direct_cost"]) + Decimal(row["shared_cost"]) == cost
    _, out, _ = keepwell("accounts")
    assert out.splitlines()[0].startswith("Department accounts, ")
    assert [line for line in out.splitlines() if line.startswith("All ")]
    assert "Net: what was gained, less what was lost, less cost." in " ".join(out.split())


def test_one_department_adds_up_to_its_line_of_the_account(answer, keepwell):
    _, whole = answer("accounts")
    line = next(row for row in whole["data"]["departments"] if row["department"] == "support")
    status, told = answer("accounts", "support")
    assert status == 0
    for name in ("gained", "lost"):
        assert sum(Decimal(row[name]) for row in told["data"]["spans"]) == Decimal(line[name])
        assert sum(Decimal(row[name]) for row in told["data"]["customers"]) == Decimal(line[name])
    assert sum(Decimal(row["net"]) for row in told["data"]["spans"]) == Decimal(line["net"])
    out = keepwell("accounts", "support")[1]
    assert out.startswith("Support, ")
    assert told["data"]["customers"][0]["name"] in out
    status, wrong = answer("accounts", "suport")
    assert (status, wrong["error"]["hint"]) == (2, "did you mean support?")


def test_credit_is_shared_out_by_every_method(answer, keepwell):
    status, told = answer("credit")
    assert status == 0
    departments = told["data"]["departments"]
    assert {row["method"] for row in departments} >= METHODS
    for method in METHODS:
        assert float(sum(Decimal(row["share"]) for row in departments if row["method"] == method)) == pytest.approx(1)
    assert all(row["name"] for row in told["data"]["people"])
    _, out, _ = keepwell("credit", "--method", "time_decay")
    assert "by time decay" in out
    assert "Credit is a share of value, not its cause" in out


def test_one_customer_and_one_person(answer, keepwell):
    _, whole = answer("credit")
    person = max(
        (row for row in whole["data"]["people"] if row["method"] == "owen"), key=lambda row: Decimal(row["amount"])
    )
    status, mine = answer("credit", person["name"])
    assert status == 0
    assert sum(Decimal(row["amount"]) for row in mine["data"]["customers"]) >= Decimal(person["amount"])
    customer = mine["data"]["customers"][0]
    status, one = answer("credit", customer["name"])
    assert status == 0
    assert person["person_id"] in {row["person_id"] for row in one["data"]["changes"]}
    for outcome in one["data"]["outcomes"]:
        assert sum(Decimal(stake["amount"]) for stake in outcome["stakes"]) == Decimal(outcome["amount"])
        for method in METHODS - {"markov"}:
            shares = [Decimal(stake["shares"].get(method, 0)) for stake in outcome["stakes"]]
            assert float(sum(shares)) == pytest.approx(1, abs=1e-5)
    _, out, _ = keepwell("credit", customer["name"])
    assert f"Who stood behind {customer['name']}" in out
    _, out, _ = keepwell("credit", person["name"])
    assert out.startswith(f"Credit of {person['name']}, ")


def test_effects_say_where_no_ranking_is_warranted(answer, keepwell):
    status, told = answer("credit", "--effect")
    assert status == 0
    for row in told["data"]["effects"]:
        assert (row["low"] is None) is bool(row["words"])
        assert not row["words"] or Decimal(row["effect"]) == 0
    _, out, _ = keepwell("credit", "--effect")
    assert " by more than chance" in " ".join(out.split())
    assert "An association" in " ".join(out.split())
    assert "Unshrunk" not in out
    _, out, _ = keepwell("credit", "--effect", "--raw")
    assert "Unshrunk" in out
    _, out, _ = keepwell("credit", told["data"]["effects"][0]["name"], "--effect")
    assert "with colleagues of the department" in out


def test_options_that_would_be_ignored_are_refused_or_work(answer, keepwell):
    _, whole = answer("credit")
    person = whole["data"]["people"][0]["name"]
    _, mine = answer("credit", person)
    customer = mine["data"]["customers"][0]["name"]
    for words in (["--raw"], ["--effect", "--method", "owen"], ["--effect", "--since", "2026-01-01"], [customer, "--method", "saves"],
                  [customer, "--effect"], [person, "--method", "saves"]):  # fmt: skip
        status, _, aside = keepwell("credit", *words)
        assert (status, "[usage]" in aside) == (2, True), words
    last = max(row["from_on"] for row in answer("accounts")[1]["data"]["spans"])
    _, since = answer("credit", customer, "--since", last)
    assert {row["from_on"] for row in since["data"]["changes"]} <= {last}
    assert all(one["on_day"] >= last for one in since["data"]["outcomes"])


def test_a_last_name_is_enough_to_be_pointed_to(answer):
    _, whole = answer("credit")
    name = whole["data"]["people"][0]["name"]
    status, told = answer("credit", name.split()[-1].upper())
    assert status == 2
    assert name in told["error"]["hint"]


def test_what_cannot_be_answered_is_said(keepwell):
    for words, said in ((["credit", "--method", "owne"], "did you mean owen?"), (["credit", "Nobody At All"], "no customer or person"),
                        (["credit", "--since", "yesterday"], "2026-01-01"), (["accounts", "--since", "2999-01-01"], "is not before the run's day")):  # fmt: skip
        status, _, aside = keepwell(*words)
        assert status == 2
        assert said in aside


def test_a_company_that_measures_no_persons_shows_departments_alone(acme, answer, tmp_path):
    import shutil

    quiet = tmp_path / "quiet"
    shutil.copytree(acme, quiet, symlinks=True)
    with (quiet / "keepwell.yaml").open("a", encoding="utf-8") as file:
        file.write("\npersons: false\n")
    status, told = answer("-C", str(quiet), "credit")
    assert status == 0
    assert told["data"]["people"] == []
    status, refused = answer("-C", str(quiet), "credit", "--effect")
    assert (status, refused["error"]["code"]) == (2, "persons-off")
