"""Pay in pandas: facts, credit, what each part pays, what is held, released, taken back and recovered; lines and totals.

Money is whole cents; where a fraction must be exact beyond 64 bits (few rows), Python's whole numbers stand in.
"""

from __future__ import annotations

from hashlib import md5
from typing import Any

import numpy as np
import pandas as pd
from pandas_shared import DAY, TODAY, Frames, cents, local_day, quarter_of

FACT = ["measure", "fact_id", "ref_table", "customer_id", "contract_id", "deal_id", "owner_id", "on_day", "amount", "currency",
        "known_at", "source", "source_file", "source_row"]  # fmt: skip
MONEY = ["amount", "earned", "held", "advanced", "payable", "recoverable"]
PLAN = {"new_business": "account-executive", "go_live": "account-executive", "expansions": "expansion-seller",
        "live_in_time": "delivery-lead"}  # fmt: skip
REWARDS = {"go_live": "customer_outcome", "live_in_time": "speed"}


def pay(frames: Frames) -> Frames:
    """The tables of pay."""
    facts = _facts(frames)
    credited = _credited(frames, facts)
    totals = _part_totals(frames, credited)
    paid = _fates(_shares(credited, totals))
    moves = _moves(paid)
    lines = _lines(moves, _recovered(moves))
    return {"amount_facts": facts, "part_totals": _shown_totals(totals), "pay_lines": lines, "pay_totals": _pay_totals(lines),
            "pay_trace": _trace(paid), "journal": _journal(lines)}  # fmt: skip


# -- facts and credit


def _facts(frames: Frames) -> pd.DataFrame:
    deals, contracts = frames["deals"], frames["contracts"]
    first = contracts.dropna(subset=["deal_id"]).sort_values(["starts_on", "contract_id"]).drop_duplicates("deal_id")
    won = deals[(deals["outcome"] == "won") & (deals["closed_on"] <= TODAY)]
    won = won.merge(first[["deal_id", "contract_id"]], on="deal_id", how="left")
    won = won.assign(
        contract_id=won["contract_id"].fillna(""), fact_id=won["deal_id"], ref_table="deals", on_day=won["closed_on"]
    )
    over = contracts[contracts["ends_on"] <= TODAY].merge(deals[["deal_id", "owner_id"]], on="deal_id", how="left")
    ended = contracts.loc[contracts["ends_on"] <= TODAY, ["contract_id", "ends_on"]]
    ended = ended.rename(columns={"contract_id": "renews_id", "ends_on": "ended_before_on"})
    renewed = contracts.merge(ended, on="renews_id").assign(deal_id="", owner_id="")
    saved = renewed.drop(columns="owner_id").merge(_rescuers(frames), on="renews_id")
    found = [
        _fact(won[won["kind"] != "renewal"], "signed_annual_value", won["annual_value"]),
        _fact(won, "signed_amount", won["amount"]),
        _of_contract(over, "annual_value_due", over["ends_on"] - DAY),
        _of_contract(renewed, "renewed_annual_value", renewed["ended_before_on"] - DAY),
        _of_contract(saved, "saved", saved["ended_before_on"] - DAY),
    ]
    return pd.concat(found, ignore_index=True).sort_values(["measure", "fact_id"], ignore_index=True)


def _fact(rows: pd.DataFrame, measure: str, amount: Any) -> pd.DataFrame:
    return rows.assign(measure=measure, amount=amount)[FACT]


def _of_contract(rows: pd.DataFrame, measure: str, day: Any) -> pd.DataFrame:
    rows = rows.assign(fact_id=rows["contract_id"], ref_table="contracts", on_day=day, deal_id=rows["deal_id"].fillna(""),
                       owner_id=rows["owner_id"].fillna(""))  # fmt: skip
    return _fact(rows, measure, rows["annual_value"])


def _rescuers(frames: Frames) -> pd.DataFrame:
    """Who tried first to save a contract within 14 days of its notice."""
    touches = frames["touches"]
    tries = touches.loc[touches["kind"] == "save_attempt", ["customer_id", "person_id", "at", "touch_id"]]
    tries = tries.assign(tried_on=local_day(tries["at"]))
    noticed = frames["contracts"].dropna(subset=["notice_on"])[["contract_id", "customer_id", "notice_on"]]
    both = noticed.merge(tries, on="customer_id")
    both = both[(both["notice_on"] <= both["tried_on"]) & (both["tried_on"] - both["notice_on"] <= 14 * DAY)
                & (both["tried_on"] <= TODAY)]  # fmt: skip
    first = both.sort_values(["at", "touch_id"]).drop_duplicates("contract_id")
    return first[["contract_id", "person_id"]].set_axis(["renews_id", "owner_id"], axis=1)


def _credited(frames: Frames, facts: pd.DataFrame) -> pd.DataFrame:
    """One row per person and fact they are credited for, with what became of the contract."""
    signed = facts[facts["measure"] == "signed_annual_value"]
    signed = signed.assign(cents=cents(signed["amount"]))
    shares = frames["deal_shares"].sort_values(["deal_id", "person_id", "role"])
    shares = shares.assign(millionths=(shares["share"] * 1_000_000).round().astype("int64"))
    shares["high"] = shares.groupby("deal_id")["millionths"].cumsum()
    shares["low"] = shares["high"] - shares["millionths"]
    sold = signed.merge(shares[["deal_id", "person_id", "low", "high"]], on="deal_id").assign(who="deal_shares")
    coverage = frames["coverage"]
    leads = coverage.loc[coverage["role"] == "delivery_lead", ["customer_id", "person_id", "from_on", "to_on"]]
    led = signed.merge(leads, on="customer_id")
    led = led[(led["from_on"] <= led["on_day"]) & ~(led["to_on"] <= led["on_day"])].drop(columns=["from_on", "to_on"])
    rows = pd.concat([sold, led.assign(who="delivery_lead", low=0, high=1_000_000)], ignore_index=True)
    rows = rows.merge(frames["posts"][["person_id", "role", "from_on", "to_on"]], on="person_id")
    mine = np.where(rows["who"] == "deal_shares", rows["role"].isin(["account_executive", "expansion_seller"]),
                    rows["role"] == "delivery_lead")  # fmt: skip
    rows = rows[(rows["from_on"] <= rows["on_day"]) & (rows["on_day"] < rows["to_on"]) & mine]
    ended = frames["contracts"].loc[frames["contracts"]["ended_on"] <= TODAY, ["contract_id", "ended_on", "end_reason"]]
    live = frames["milestones"].query("kind == 'went_live'")[["customer_id", "contract_id", "reached_at"]]
    live = live.assign(live_on=local_day(live["reached_at"]))
    live = live[live["live_on"] <= TODAY]
    rows = rows.drop(columns=["from_on", "to_on"]).merge(ended, on="contract_id", how="left")
    rows = rows.merge(live[["customer_id", "contract_id", "live_on"]], on=["customer_id", "contract_id"], how="left")
    counted = [-(-rows["cents"] * rows[end] // 1_000_000) for end in ("high", "low")]
    return rows.assign(counted=counted[0] - counted[1], quarter=quarter_of(rows["on_day"]),
                       live_on=rows["live_on"].mask(rows["ended_on"] < rows["live_on"]))  # fmt: skip


# -- what parts pay


def _part_totals(frames: Frames, credited: pd.DataFrame) -> pd.DataFrame:
    """The executives' two parts: target × curve of the quarter's attainment, for each quarter in which they held the post."""
    mine = credited[credited["role"] == "account_executive"]
    signed = mine.groupby(["person_id", "quarter"]).agg(
        counted=("counted", "sum"), facts=("counted", "size"), known_at=("known_at", "max")).reset_index()  # fmt: skip
    posts = frames["posts"].loc[
        frames["posts"]["role"] == "account_executive", ["person_id", "from_on", "to_on", "fte"]
    ]
    quotas = frames["quotas"].assign(quarter=quarter_of(frames["quotas"]["from_on"]))
    rows = quotas[["person_id", "quarter", "from_on", "to_on", "target"]].merge(
        posts, on="person_id", suffixes=("", "_post")
    )
    rows = rows[(rows["from_on_post"] < rows["to_on"]) & (rows["from_on"] < rows["to_on_post"])]
    rows = rows.merge(signed, on=["person_id", "quarter"], how="left")
    rows[["counted", "facts"]] = rows[["counted", "facts"]].fillna(0).astype("int64")
    whole = (rows["to_on"] - rows["from_on"]).dt.days
    days = (rows[["to_on", "to_on_post"]].min(axis=1) - rows[["from_on", "from_on_post"]].max(axis=1)).dt.days
    n = rows["counted"].astype(object) * whole
    d = cents(rows["target"]).astype(object) * days
    top = np.select([2 * n < d, n < d, 2 * n < 3 * d], [d * 0, 2 * (2 * n - d), 5 * n - 3 * d], 9 * d)
    bottom = np.where(2 * n < 3 * d, 2 * d, 4 * d)
    fte = (rows["fte"] * 10_000).round().astype("int64").astype(object)
    rows = rows.assign(days=days, base=(d / whole / 100).astype(float), attainment=(n / d).astype(float),
                       pays=(top / bottom).astype(float))  # fmt: skip
    parts = []
    for part, tenths in (("new_business", 7), ("go_live", 3)):
        exact = _half_even(1_200_000 * tenths * fte * days * top, 100_000 * whole * bottom)
        target = 1200.0 * tenths * rows["fte"] * days / whole
        parts.append(rows.assign(part=part, part_pay=exact.astype("int64"), target=target))
    return pd.concat(parts, ignore_index=True)


def _shown_totals(totals: pd.DataFrame) -> pd.DataFrame:
    pays = totals["part_pay"] / 100
    shown = totals[["part", "person_id", "days", "facts", "known_at", "base", "attainment", "target", "pays"]].assign(
        scenario="actual", plan="account-executive", version="2024-01-01", window_month=totals["quarter"],
        period=totals["quarter"], settles=totals["quarter"], counted=totals["counted"] / 100, uncapped=pays, pay=pays,
        missing="")  # fmt: skip
    return shown.sort_values(["part", "person_id", "window_month"])


def _shares(credited: pd.DataFrame, totals: pd.DataFrame) -> pd.DataFrame:
    """Each credited fact's share of what its part pays; shares add up to the cent."""
    seller, lead = credited[credited["role"] == "expansion_seller"], credited[credited["role"] == "delivery_lead"]
    by = ["person_id", "quarter"]
    mine = credited[credited["role"] == "account_executive"].sort_values([*by, "on_day", "fact_id", "low"])
    mine = mine.assign(reached=mine.groupby(by)["counted"].cumsum())
    words = ["part", "counted", "part_pay", "base", "attainment", "target", "pays"]
    mine = mine.merge(totals[[*by, *words]].rename(columns={"counted": "whole"}), on=by)
    pays, whole = mine["part_pay"].astype(object), mine["whole"].astype(object).where(mine["whole"] > 0, 1)
    to, before = (-(-pays * end // whole) for end in (mine["reached"], mine["reached"] - mine["counted"]))
    return pd.concat([
        mine.assign(credit_row="signed", share=(to - before).astype("int64")),
        seller.assign(part="expansions", credit_row="signed", share=_half_even(seller["counted"] * 3, 100)),
        lead.assign(part="live_in_time", credit_row="delivered", share=_half_even(lead["counted"] * 5, 1000)),
    ], ignore_index=True)  # fmt: skip


def _fates(shares: pd.DataFrame) -> pd.DataFrame:
    """When what is held is let go, and how much of it; what is taken back, and when the rest is safe."""
    day, age = shares["on_day"], (TODAY - shares["on_day"]).dt.days
    last = shares["part"].map({"go_live": 180, "live_in_time": 120})
    hold_days, left_days = ((shares[name] - day).dt.days.clip(lower=0) for name in ("live_on", "ended_on"))
    expires = (day + pd.to_timedelta(last.fillna(0) + 1, unit="D")).where(age > last)
    live, ended = shares["live_on"].where(hold_days <= last), shares["ended_on"].where(left_days <= last)
    closed = live.fillna(ended).clip(lower=day).fillna(expires).where(last.notna())
    halves = np.select([hold_days <= last // 2, hold_days <= last], [2, 1], 0)
    back = (shares["part"] == "new_business") & ~shares["end_reason"].isin(["we_ended_the_product", "force_majeure"])
    tenths = np.select([~back, left_days <= 90, left_days <= 180, left_days <= 365], [0, 10, 6, 3], 0)
    safe = (
        shares["ended_on"]
        .where(left_days <= 365, (day + 366 * DAY).where(age > 365))
        .where(shares["part"] == "new_business")
    )
    return shares.assign(
        hold_days=hold_days, left_days=left_days, hold_closed_on=closed, halves=halves, tenths=tenths, safe_on=safe,
        let_go=_half_even(shares["share"] * halves, 2), taken=_half_even(shares["share"] * tenths, 10))  # fmt: skip


# -- movements


def _moves(paid: pd.DataFrame) -> pd.DataFrame:
    """What moves, in which quarter: every way of it with its amounts."""
    held = paid[paid["part"].isin(["go_live", "live_in_time"])]
    closed, sold = held[held["hold_closed_on"].notna()], paid[paid["part"] == "new_business"]
    flat, taken, safe = paid[paid["part"] == "expansions"], paid[paid["tenths"] > 0], sold[sold["safe_on"].notna()]
    kept = safe["share"] - safe["taken"]
    lost = closed["let_go"] - closed["share"]
    waited = (closed["hold_closed_on"] - closed["on_day"]).dt.days
    moves = pd.concat([
        _move(flat, "earned", flat["on_day"], flat["share"], earned=flat["share"], payable=flat["share"]),
        _move(sold, "advanced", sold["on_day"], sold["share"], advanced=sold["share"], payable=sold["share"]),
        _move(taken, "taken_back", taken["ended_on"], -taken["taken"], advanced=-taken["taken"], recoverable=taken["taken"],
              days=taken["left_days"], fraction=taken["tenths"] / 10),
        _move(safe, "earned", safe["safe_on"], kept, earned=kept, advanced=-kept),
        _move(held, "held", held["on_day"], held["share"], held=held["share"], fraction=1.0),
        _move(closed, "released", closed["hold_closed_on"], closed["let_go"], earned=closed["let_go"], held=-closed["let_go"],
              payable=closed["let_go"], days=closed["hold_days"], fraction=closed["halves"] / 2),
        _move(closed, "lapsed", closed["hold_closed_on"], lost, held=lost, days=waited, fraction=closed["halves"] / 2),
    ], ignore_index=True)  # fmt: skip
    return moves[moves["amount"] != 0]


def _move(rows: pd.DataFrame, movement: str, moved_on: Any, amount: Any, *, days: Any = np.nan, fraction: Any = np.nan,
          **moneys: Any) -> pd.DataFrame:  # fmt: skip
    belongs = np.maximum(rows["quarter"], quarter_of(moved_on))
    zeros = dict.fromkeys(MONEY, 0)
    return rows.assign(**{**zeros, **moneys}).assign(movement=movement, moved_on=moved_on, amount=amount, belongs_to=belongs,
                                                     days=days, fraction=fraction, fact_amount=rows["amount"])  # fmt: skip


def _recovered(moves: pd.DataFrame) -> pd.DataFrame:
    """What of it is recovered in each quarter: at most a quarter of the payout, the rest waits."""
    mine = moves[moves["role"] == "account_executive"]
    flows = mine.groupby(["person_id", "belongs_to"])[["recoverable", "payable"]].sum().sort_index().reset_index()
    reached = (flows["recoverable"] - flows["payable"] // 4).groupby(flows["person_id"]).cumsum()
    lowest = reached.groupby(flows["person_id"]).cummin().clip(upper=0)
    balance = reached - lowest
    before = balance.groupby(flows["person_id"]).shift(fill_value=0)
    flows = flows.assign(recovered=before + flows["recoverable"] - balance)
    return flows[flows["recovered"] != 0]


def _lines(moves: pd.DataFrame, recovered: pd.DataFrame) -> pd.DataFrame:
    kept = (moves["part"] == "new_business") & (moves["movement"] == "earned")
    word = moves["movement"].where(moves["movement"] != "advanced", "given").where(~kept, "kept")
    key = (
        "actual|"
        + moves["part"].map(PLAN)
        + "|2024-01-01|"
        + moves["part"]
        + "|"
        + moves["person_id"]
        + "|"
        + word
        + "|"
    )
    key += (moves["belongs_to"].astype(str) + "|").where(moves["part"] != "expansions", "")
    key += "signed_annual_value|" + moves["fact_id"] + "|" + moves["credit_row"] + "|" + moves["who"] + "|"
    key += (moves["low"] * 1000).astype(str)
    reasons = {"released": "released", "taken_back": "taken back", "lapsed": "lapsed"}
    mine = moves[["person_id", "movement", "currency", *MONEY, "fact_id", "credit_row", "customer_id", "contract_id", "days",
                  "fraction", "base", "attainment", "target", "pays", "known_at", "belongs_to"]].assign(
        line_key=_hashed(key), period=moves["belongs_to"], plan=moves["part"].map(PLAN), part=moves["part"],
        rewards=moves["part"].map(REWARDS).fillna("sale"), reason=moves["movement"].map(reasons).fillna("new").where(~kept, "kept"),
        measure="signed_annual_value", fact_on=moves["on_day"], on_day=moves["moved_on"], window_month=moves["quarter"],
        plan_period=moves["quarter"], counted=moves["counted"] / 100, facts=1.0, share=moves["share"] / 100,
        window_counted=moves["whole"] / 100, part_pay=moves["part_pay"] / 100)  # fmt: skip
    mine[MONEY] = mine[MONEY] / 100
    period, amount = recovered["belongs_to"], -recovered["recovered"] / 100
    back = recovered[["person_id", "belongs_to"]].assign(
        line_key=_hashed("actual|" + recovered["person_id"] + "|EUR|" + period.astype(str) + "|recovered"), period=period,
        plan="account-executive", part="", rewards="", movement="recovered", reason="recovered", currency="EUR", amount=amount,
        earned=0.0, held=0.0, advanced=0.0, payable=amount, recoverable=amount, measure="", fact_id="", credit_row="",
        customer_id="", contract_id="")  # fmt: skip
    lines = pd.concat([mine, back], ignore_index=True).assign(scenario="actual", version="2024-01-01", status="open", settled=0.0,
                                                              corrects="")  # fmt: skip
    lines["line_id"] = lines["line_key"].str.slice(0, 16)
    return lines.sort_values(["scenario", "person_id", "period", "line_id"], ignore_index=True)


def _journal(lines: pd.DataFrame) -> pd.DataFrame:
    """Each line in double entry: what it moves on which account."""
    accounts = pd.DataFrame({
        "earned": lines["earned"], "held": -lines["held"],
        "advanced": lines["held"] + lines["payable"] - lines["earned"] - lines["recoverable"], "payable": -lines["payable"],
        "recoverable": lines["recoverable"],
    }).round(2)  # fmt: skip
    columns = ["scenario", "person_id", "period", "status", "movement", "plan", "version", "part", "belongs_to", "currency",
               "customer_id", "contract_id"]  # fmt: skip
    entries = [
        lines[columns].assign(entry_id=lines["line_id"], account=name, amount=accounts[name]) for name in accounts
    ]
    posted = pd.concat(entries, ignore_index=True)
    by = ["scenario", "person_id", "period", "entry_id", "account"]
    return posted[posted["amount"] != 0].sort_values(by, ignore_index=True)


def _hashed(texts: pd.Series) -> list[str]:
    """Pandas has no function for it."""
    return [md5(text.encode(), usedforsecurity=False).hexdigest() for text in texts]


def _pay_totals(lines: pd.DataFrame) -> pd.DataFrame:
    moved = lines["movement"]
    rows = lines.assign(released=lines["amount"].where(moved == "released", 0.0),
                        taken_back=-lines["amount"].where(moved == "taken_back", 0.0),
                        recovered=-lines["amount"].where(moved == "recovered", 0.0))  # fmt: skip
    sums = ["earned", "held", "advanced", "released", "taken_back", "recovered", "payable"]
    by = ["scenario", "person_id", "plan", "version", "part", "period"]
    grouped = rows.groupby(by)
    found = grouped[sums].sum().round(2)
    return pd.concat([found, grouped.agg(rewards=("rewards", "max"), status=("status", "min"), currency=("currency", "max"),
                                         lines=("earned", "size"))], axis=1).reset_index()  # fmt: skip


def _trace(paid: pd.DataFrame) -> pd.DataFrame:
    rows = paid[["part", "person_id", "fact_id", "credit_row", "who", "on_day", "customer_id", "contract_id", "amount", "currency",
                 "known_at"]].assign(
        scenario="actual", plan=paid["part"].map(PLAN), version="2024-01-01", use="counted", measure="signed_annual_value",
        low=paid["low"] / 1_000_000, high=paid["high"] / 1_000_000, window_month=paid["quarter"], period=paid["quarter"],
        counted=paid["counted"] / 100, pay=paid["share"] / 100)  # fmt: skip
    return rows.sort_values(["plan", "part", "person_id", "fact_id", "credit_row", "who", "low"], ignore_index=True)


def _half_even(n: Any, d: Any) -> Any:
    whole, rest = n // d, n % d
    return whole + ((2 * rest > d) | ((2 * rest == d) & (whole % 2 == 1)))
