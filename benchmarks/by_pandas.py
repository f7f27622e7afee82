"""The same in pandas, as far as it goes: `by_pandas.py SNAPSHOT OUT` writes events, stages, handoffs, sums and payouts.

Vectorised throughout, with no row-wise `apply`. It leaves out most of what Keepwell writes: promise ledger, ownership,
first days, hand-overs, states over time, values with intervals, pay's lines with their reasons and its trace. The
payouts are the same to the cent.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

TODAY, AS_OF = pd.Timestamp("2025-12-31"), pd.Timestamp("2025-12-31 20:00")
SUMMERS = [("2024-03-31 01:00", "2024-10-27 01:00"), ("2025-03-30 01:00", "2025-10-26 01:00")]
NEVER = pd.Timestamp("2200-01-01")
Frames = dict[str, pd.DataFrame]


def compute(snapshot: Path, out: Path) -> None:
    """Write the tables into `out`."""
    out.mkdir(parents=True, exist_ok=True)
    names = ("customers", "coverage", "touches", "deals", "deal_shares", "contracts", "promises", "milestones", "tickets",
             "ticket_steps", "surveys", "quotas", "teams", "positions")  # fmt: skip
    frames = {name: _read(snapshot / f"{name}.parquet") for name in names}
    frames["posts"] = frames["positions"].merge(frames["teams"][["team_id", "department"]], on="team_id")
    frames["posts"]["to_on"] = frames["posts"]["to_on"].fillna(NEVER)
    frames["lives"] = _lives(frames)
    events = _events(frames)
    events.to_parquet(out / "events.parquet", compression="zstd", index=False)
    _visits(events).to_parquet(out / "stages.parquet", compression="zstd", index=False)
    handoffs = _handoffs(frames)
    handoffs.to_parquet(out / "handoffs.parquet", compression="zstd", index=False)
    _sums(frames, handoffs).to_parquet(out / "measure_cells.parquet", compression="zstd", index=False)
    _payouts(frames).to_parquet(out / "pay_totals.parquet", compression="zstd", index=False)


def _read(file: Path) -> pd.DataFrame:
    frame = pd.read_parquet(file)
    for name in frame.columns:
        if name.endswith("_on"):
            frame[name] = pd.to_datetime(frame[name])
    return frame


def _local_day(at: Any) -> Any:
    summer = np.zeros(len(at), dtype=bool)
    for first, last in SUMMERS:
        summer |= ((at >= first) & (at < last)).to_numpy()
    return (at + pd.to_timedelta(np.where(summer, 2, 1), unit="h")).dt.normalize()


def _lives(frames: Frames) -> pd.DataFrame:
    deals, contracts, milestones = frames["deals"], frames["contracts"], frames["milestones"]
    won = deals[(deals["outcome"] == "won") & (deals["kind"] != "renewal")]
    ends = contracts[["ended_on", "ends_on"]].min(axis=1).where(
        contracts["ended_on"].notna(), contracts["ends_on"].where((TODAY - contracts["ends_on"]).dt.days > 30, NEVER))  # fmt: skip
    live = milestones[milestones["kind"] == "went_live"].groupby("customer_id")["reached_at"].min()
    lives = frames["customers"][["customer_id", "segment", "region", "customer_since_on"]].sort_values("customer_id")
    lives = lives.assign(customer_no=np.arange(1, len(lives) + 1)).set_index("customer_id")
    first = pd.concat([lives["customer_since_on"], won.groupby("customer_id")["closed_on"].min(),
                       contracts.groupby("customer_id")["starts_on"].min()], axis=1)  # fmt: skip
    lives["purchased_on"] = first.min(axis=1)
    lives["live_on"] = _local_day(live).reindex(lives.index)
    has_way = lives.index.isin(live.index)
    adopts = lives[["live_on", "purchased_on"]].max(axis=1, skipna=False).fillna(NEVER)
    lives["adopts_from"] = adopts.where(has_way, lives["purchased_on"])
    lives["uses_from"] = lives["adopts_from"] + pd.Timedelta(days=90)
    left = ends.groupby(contracts["customer_id"]).max().reindex(lives.index)
    lives["left_on"] = left.where(left <= TODAY, NEVER)
    return lives.reset_index()


def _events(frames: Frames) -> pd.DataFrame:
    deals, contracts, tickets, surveys = (frames[name] for name in ("deals", "contracts", "tickets", "surveys"))
    coverage, milestones, promises = frames["coverage"], frames["milestones"], frames["promises"]
    won = deals["outcome"] == "won"
    covered = ":" + coverage["person_id"] + "|" + coverage["role"] + "|" + coverage["from_on"].dt.strftime("%Y-%m-%d")
    steps = frames["ticket_steps"].merge(tickets[["ticket_id", "customer_id"]], on="ticket_id")
    micros = steps["at"].astype("datetime64[us]").astype("int64")
    about_deal = deals["kind"].map({"renewal": "renew", "expansion": "", "new": "evaluate"})
    stage = surveys["stage"].fillna("")
    touched = frames["touches"]
    parts = [
        _part(frames["customers"], 1, "customers", "became_customer", "buy", day="customer_since_on"),
        _part(coverage, 2, "coverage", "owner_came", "", day="from_on", person="person_id", ref="customer_id", part=covered),
        _part(coverage, 70, "coverage", "owner_left", "", day="to_on", person="person_id", ref="customer_id", part=covered),
        _part(touched, 10, "touches", touched["kind"], touched["kind"].map({"lead": "aware", "save_attempt": "leave"}).fillna(""),
              at="at", person="person_id"),
        _part(deals, 20, "deals", "deal_opened", about_deal, day="opened_on", person="owner_id"),
        _part(deals, 24, "deals", np.where(won, "deal_won", "deal_lost"),
              np.where(deals["kind"] == "renewal", "renew", np.where(won, "buy", "evaluate")), day="closed_on",
              person="owner_id", amount="amount"),
        _part(contracts, 26, "contracts", "contract_started", np.where(contracts["renews_id"].isna(), "buy", "renew"),
              day="starts_on", amount="annual_value"),
        _part(contracts, 80, "contracts", "notice_given", "leave", day="notice_on", amount="annual_value"),
        _part(contracts, 81, "contracts", "contract_ended", "leave", day="ended_on", amount="annual_value"),
        _part(promises, 22, "promises", "promised", "", day="made_on", person="person_id"),
        _part(promises, 66, "promises", "promise_kept", "", at="kept_at", person="person_id"),
        _part(milestones, milestones["kind"].map({"handed_over": 31, "installed": 33, "went_live": 35, "first_value": 36}),
              "milestones", milestones["kind"],
              milestones["kind"].map({"handed_over": "deliver", "installed": "install", "went_live": "adopt", "first_value": "adopt"}),
              at="reached_at", person="person_id", ref="customer_id", part=":" + milestones["contract_id"] + "|" + milestones["kind"]),
        _part(tickets, 50, "tickets", "ticket_opened", "support", at="opened_at", team="team_id"),
        _part(tickets, 52, "tickets", "first_reply", "support", at="first_reply_at", person="assignee_id", team="team_id"),
        _part(tickets, 53, "tickets", "ticket_solved", "support", at="solved_at", person="assignee_id", team="team_id"),
        _part(tickets, 54, "tickets", "ticket_closed", "support", at="closed_at", person="assignee_id", team="team_id"),
        _part(steps, 51, "ticket_steps", "ticket_step", "support", at="at", person="person_id", team="team_id", ref="ticket_id",
              seq="seq", part=":" + micros.astype(str) + "|" + steps["seq"].astype(str)),
        _part(surveys, 60, "surveys", "survey_sent", stage, at="invited_at", person="invited_by"),
        _part(surveys, 61, "surveys", "survey_answered", stage, at="answered_at", person="about_person_id", score="score"),
    ]  # fmt: skip
    events = pd.concat(parts, ignore_index=True)
    dated = events["on_day"].notna()
    events.loc[~dated, "on_day"] = _local_day(events.loc[~dated, "at"])
    midnight = events.loc[dated, "on_day"]
    events.loc[dated, "at"] = midnight - (_local_day(midnight + pd.Timedelta(hours=22)) > midnight).map(
        {True: pd.Timedelta(hours=2), False: pd.Timedelta(hours=1)}
    )
    events = events[events["on_day"] <= TODAY]
    lives = frames["lives"].drop(columns=["segment", "region", "customer_since_on", "live_on"])
    events = _with_posts(events.merge(lives, on="customer_id"), frames, "person_id", "on_day")
    day = events["on_day"]
    phase = np.select([day >= events["left_on"], day >= events["uses_from"], day >= events["adopts_from"],
                       day >= events["purchased_on"]], ["leave", "use", "adopt", "install"], "evaluate")  # fmt: skip
    events["stage"] = events["stage"].where(events["stage"] != "", phase)
    departments = frames["teams"].set_index("team_id")["department"]
    events["department"] = events["team_id"].map(departments).fillna(events["post_department"]).fillna("")
    events["team_id"] = events["team_id"].fillna(events["post_team"]).fillna("")
    events["person_id"] = events["person_id"].fillna("")
    events["event_id"] = events["ref_table"] + ":" + events["ref_id"] + ":" + events["kind"] + events["part"]
    events = events.drop(
        columns=["purchased_on", "adopts_from", "uses_from", "left_on", "post_team", "post_department", "part"]
    )
    return events.sort_values(["customer_no", "at", "place", "seq", "event_id"], ignore_index=True)


def _part(frame: pd.DataFrame, place: Any, ref_table: str, kind: Any, stage: Any, *, at: str = "", day: str = "",
          person: str = "", team: str = "", ref: str = "", part: Any = "", seq: str = "", amount: str = "",
          score: str = "") -> pd.DataFrame:  # fmt: skip
    events = pd.DataFrame({
        "place": place, "seq": frame[seq] if seq else 0, "customer_id": frame["customer_id"],
        "at": frame[at] if at else pd.NaT, "on_day": frame[day] if day else pd.NaT, "stage": stage, "kind": kind,
        "person_id": frame[person] if person else None, "team_id": frame[team] if team else None, "ref_table": ref_table,
        "ref_id": frame[ref or frame.columns[0]], "part": part, "amount": frame[amount] if amount else None,
        "currency": frame["currency"] if amount else None, "score": frame[score] if score else None,
        "known_at": frame["known_at"],
    })  # fmt: skip
    return events[frame[at or day].notna()]


def _with_posts(frame: pd.DataFrame, frames: Frames, person: str, day: str) -> pd.DataFrame:
    """The team and department in which the person was on the day; each has one position."""
    posts = frames["posts"].set_index("person_id")
    found = posts.reindex(frame[person])
    days = frame[day].to_numpy()
    inside = (found["from_on"].to_numpy() <= days) & (days < found["to_on"].to_numpy())
    return frame.assign(
        post_team=found["team_id"].where(inside).to_numpy(),
        post_department=found["department"].where(inside).to_numpy(),
    )


def _visits(events: pd.DataFrame) -> pd.DataFrame:
    changed = (events["stage"] != events["stage"].shift()) | (events["customer_no"] != events["customer_no"].shift())
    visits = events.loc[changed, ["customer_no", "stage", "at"]].reset_index(drop=True)
    visits["hours"] = -visits.groupby("customer_no")["at"].diff(-1).dt.total_seconds() / 3600
    return visits.groupby("stage").agg(visits=("stage", "size"), customers=("customer_no", "nunique"),
                                       mean_hours=("hours", "mean"), median_hours=("hours", "median")).reset_index()  # fmt: skip


def _handoffs(frames: Frames) -> pd.DataFrame:
    steps = frames["ticket_steps"][["ticket_id", "at", "seq", "person_id", "team_id"]]
    held = pd.concat([steps.assign(of=of, holder=steps[f"{of}_id"]) for of in ("person", "team")])
    held = held.sort_values(["ticket_id", "of", "at", "seq"], ignore_index=True)
    by = ["ticket_id", "of"]
    held["before"] = held.groupby(by)["holder"].shift()
    turns = held[held["before"].isna() | (held["before"] != held["holder"])].copy()
    turns["nth"] = turns.groupby(by).cumcount()
    turns["two_before"] = turns.groupby(by)["before"].shift()
    turns["is_return"] = (turns["two_before"] == turns["holder"]).fillna(value=False)
    return turns.loc[turns["before"].notna(), ["ticket_id", "of", "nth", "at", "before", "holder", "is_return"]]


def _sums(frames: Frames, handoffs: pd.DataFrame) -> pd.DataFrame:
    """Cases and answers, summed by market and month, by person and month, and by customer and quarter."""
    seen = pd.concat([*_case_rows(frames, handoffs), *_answer_rows(frames)], ignore_index=True)
    seen["month"] = seen["on_day"].dt.year * 12 + seen["on_day"].dt.month - 1
    seen = seen.merge(frames["lives"][["customer_id", "customer_no", "segment", "region"]], on="customer_id")
    seen["quarter"] = seen["month"] - seen["month"] % 3
    grains = (["segment", "region", "stage", "month"], ["person_id", "team_id", "month"], ["customer_no", "quarter"])
    return pd.concat([
        seen.groupby(["measure", *grain, "duration", "outcome"], dropna=False)
        .agg(n=("a", "size"), a=("a", "sum"), b=("b", "sum"), c=("c", "sum")).reset_index()
        for grain in grains
    ])  # fmt: skip


def _case_rows(frames: Frames, handoffs: pd.DataFrame) -> list[pd.DataFrame]:
    cases = frames["tickets"].sort_values(["customer_id", "topic", "opened_at", "ticket_id"])
    again = cases.groupby(["customer_id", "topic"])["opened_at"].shift(-1)
    done = cases["solved_at"].where(cases["solved_at"] <= AS_OF)
    fortnight = pd.Timedelta(days=14)
    came_again = (again > cases["opened_at"]) & (again - done <= fortnight)
    known = done.notna() & (came_again | (AS_OF - done > fortnight) | (cases["reopens"] > 0))
    changes = handoffs.groupby(["ticket_id", "of"])["is_return"].agg(["size", "sum"]).groupby("ticket_id").max()
    hands = changes.reindex(cases["ticket_id"]).fillna(0)
    many, returns = hands["size"].to_numpy(), hands["sum"].to_numpy()
    minutes = {name: (cases[at].fillna(AS_OF) - cases["opened_at"]) // pd.Timedelta(minutes=1)
               for name, at in (("time_to_solve", "solved_at"), ("time_to_reply", "first_reply_at"))}  # fmt: skip
    met = (done <= cases["due_at"]).where(done.notna(), other=False)
    rows = pd.DataFrame({"customer_id": cases["customer_id"], "person_id": cases["assignee_id"], "team_id": cases["team_id"],
                         "stage": "support", "on_day": _local_day(cases["opened_at"]), "duration": -1, "outcome": -1,
                         "a": 0, "b": 1, "c": 1})  # fmt: skip
    return [
        rows.assign(measure="service_level_met", a=met.astype(int))[done.notna() | (cases["due_at"] < AS_OF)],
        rows.assign(measure="reopen_rate", a=(cases["reopens"] > 0).astype(int))[done.notna() | (cases["reopens"] > 0)],
        rows.assign(measure="first_contact_resolution", a=(~came_again & (cases["reopens"] == 0)).astype(int))[known],
        rows.assign(measure="time_to_solve", duration=minutes["time_to_solve"], outcome=done.notna().astype(int)),
        rows.assign(
            measure="time_to_reply",
            duration=minutes["time_to_reply"],
            outcome=cases["first_reply_at"].notna().astype(int),
        ),
        rows.assign(measure="handoffs", a=many, b=many**2),
        rows.assign(measure="ping_pong", a=(returns > 0).astype(int))[many > 0],
    ]


def _answer_rows(frames: Frames) -> list[pd.DataFrame]:
    surveys = frames["surveys"].merge(
        frames["tickets"][["ticket_id", "assignee_id"]], how="left", left_on="about", right_on="ticket_id"
    )
    there = surveys["answered_at"] <= AS_OF
    score = surveys["score"].astype(float)
    rows = pd.DataFrame({"customer_id": surveys["customer_id"], "person_id": surveys["assignee_id"], "team_id": "",
                         "stage": surveys["stage"].fillna(""), "on_day": _local_day(surveys["answered_at"]), "duration": -1,
                         "outcome": -1, "a": 0, "b": 1, "c": 1})  # fmt: skip
    invited = rows.assign(on_day=_local_day(surveys["invited_at"]))
    nps = surveys["kind"] == "nps"
    most = surveys["scale_max"].astype(float)
    satisfied = score - 1 >= np.where(surveys["kind"] == "ces", 0.66, 0.75) * (most - 1)
    return [
        rows.assign(measure="nps", a=(score >= 9).astype(int), b=(score < 7).astype(int))[nps & there],
        rows.assign(measure=surveys["kind"], a=satisfied.astype(int))[~nps & there],
        invited.assign(measure="response_rate", a=there.astype(int)),
    ]


def _payouts(frames: Frames) -> pd.DataFrame:
    """What is payable to each person by part and quarter, in cents; recovered amounts have no part."""
    facts = _credited(frames)
    parts = pd.concat([*_executive_parts(frames, facts), *_rate_parts(facts)], ignore_index=True)
    moves = pd.concat([
        _moves(parts[parts["part"].isin(["new_business", "expansions"])], "quarter", "share"),
        _moves(parts[parts["part"].isin(["go_live", "live_in_time"])], "hold_quarter", "let_go"),
    ])  # fmt: skip
    recovered = _recovered(parts, moves)
    totals = pd.concat([moves, recovered]).groupby(["person_id", "part", "period"])["payable"].sum()
    return totals[totals != 0].reset_index()


def _moves(rows: pd.DataFrame, period: str, cents: str) -> pd.DataFrame:
    rows = rows[rows[period].notna()]
    return pd.DataFrame({"person_id": rows["person_id"], "part": rows["part"],
                         "period": np.maximum(rows[period], rows["quarter"]).astype("int64"), "payable": rows[cents].astype("int64")})  # fmt: skip


def _quarter(day: Any) -> Any:
    month = day.dt.year * 12 + day.dt.month - 1
    return month - month % 3


def _credited(frames: Frames) -> pd.DataFrame:
    deals, contracts, coverage = frames["deals"], frames["contracts"], frames["coverage"]
    signed = deals[(deals["outcome"] == "won") & (deals["kind"] != "renewal") & (deals["closed_on"] <= TODAY)]
    first = contracts.dropna(subset=["deal_id"]).sort_values(["starts_on", "contract_id"]).drop_duplicates("deal_id")
    signed = signed.merge(first[["deal_id", "contract_id", "ended_on", "end_reason"]], on="deal_id", how="left")
    signed["cents"] = (signed["annual_value"] * 100).astype("int64")
    live = frames["milestones"].query("kind == 'went_live'")[["customer_id", "contract_id", "reached_at"]]
    signed = signed.merge(live, on=["customer_id", "contract_id"], how="left")
    signed["live_on"] = _local_day(signed["reached_at"])
    shares = frames["deal_shares"].sort_values(["deal_id", "person_id", "role"])
    shares["millionths"] = (shares["share"] * 1_000_000).astype("int64")
    shares["high"] = shares.groupby("deal_id")["millionths"].cumsum()
    shares["low"] = shares["high"] - shares["millionths"]
    sold = signed.merge(shares[["deal_id", "person_id", "low", "high"]], on="deal_id")
    led = signed.merge(
        coverage.loc[coverage["role"] == "delivery_lead", ["customer_id", "person_id", "from_on", "to_on"]],
        on="customer_id",
    )
    led = led[(led["from_on"] <= led["closed_on"]) & (led["closed_on"] < led["to_on"].fillna(NEVER))].assign(
        low=0, high=1_000_000
    )
    facts = pd.concat(
        [sold.assign(way="shares"), led.drop(columns=["from_on", "to_on"]).assign(way="lead")], ignore_index=True
    )
    posts = frames["posts"][["person_id", "role", "from_on", "to_on"]]
    facts = facts.drop(columns=["currency"]).merge(posts, on="person_id")
    facts = facts[(facts["from_on"] <= facts["closed_on"]) & (facts["closed_on"] < facts["to_on"])
                  & ((facts["role"] == "delivery_lead") == (facts["way"] == "lead"))]  # fmt: skip
    up = [-(-facts["cents"] * facts[end] // 1_000_000) for end in ("high", "low")]
    facts = facts.assign(counted=up[0] - up[1], quarter=_quarter(facts["closed_on"]))
    facts["live_on"] = facts["live_on"].where((facts["live_on"] <= TODAY) & ~(facts["ended_on"] < facts["live_on"]))
    return facts


def _executive_parts(frames: Frames, facts: pd.DataFrame) -> list[pd.DataFrame]:
    """Two parts of a target by the quarter's attainment; exact in Python's whole numbers, for few rows."""
    facts = facts[facts["role"] == "account_executive"].sort_values(
        ["person_id", "quarter", "closed_on", "deal_id", "low"]
    )
    by = ["person_id", "quarter"]
    whole = facts.groupby(by)["counted"].sum().rename("whole").reset_index()
    quotas = frames["quotas"].assign(quarter=_quarter(frames["quotas"]["from_on"]))
    whole = whole.merge(quotas[["person_id", "quarter", "from_on", "to_on", "target"]], on=by)
    whole = whole.merge(
        frames["posts"][["person_id", "from_on", "to_on", "fte"]], on="person_id", suffixes=("", "_post")
    )
    all_days = (whole["to_on"] - whole["from_on"]).dt.days.astype(object)
    days = (whole[["to_on", "to_on_post"]].min(axis=1) - whole[["from_on", "from_on_post"]].max(axis=1)).dt.days.astype(
        object
    )
    n, d = whole["whole"].astype(object) * all_days, (whole["target"] * 100).astype("int64").astype(object) * days
    top = np.select([2 * n < d, n < d, 2 * n < 3 * d], [d * 0, 2 * (2 * n - d), 5 * n - 3 * d], 9 * d)
    bottom = np.where(2 * n < 3 * d, 2 * d, 4 * d)
    fte = (whole["fte"] * 10_000).astype("int64").astype(object)
    facts = facts.assign(reached=facts.groupby(by)["counted"].cumsum())
    parts = []
    for part, tenths in (("new_business", 7), ("go_live", 3)):
        pay = _half_even(1_200_000 * tenths * fte * days * top, 100_000 * all_days * bottom).astype("int64")
        rows = facts.merge(whole[by].assign(whole=whole["whole"], pay=pay), on=by)
        before = rows["reached"] - rows["counted"]
        product = [rows["pay"].astype(object) * end for end in (rows["reached"], before)]
        share = [-(-one // rows["whole"].astype(object)) for one in product]
        parts.append(_released(rows.assign(part=part, share=(share[0] - share[1]).astype("int64")), (90, 180)))
    return parts


def _rate_parts(facts: pd.DataFrame) -> list[pd.DataFrame]:
    seller, lead = facts[facts["role"] == "expansion_seller"], facts[facts["role"] == "delivery_lead"]
    return [
        seller.assign(part="expansions", share=_half_even(seller["counted"] * 3, 100)),
        _released(lead.assign(part="live_in_time", share=_half_even(lead["counted"] * 5, 1000)), (60, 120)),
    ]


def _released(rows: pd.DataFrame, days: tuple[int, int]) -> pd.DataFrame:
    took = (rows["live_on"] - rows["closed_on"]).dt.days.clip(lower=0)
    halves = np.select([took <= days[0], took <= days[1]], [2, 1], 0)
    closed = rows["live_on"].fillna(rows["ended_on"])
    late = rows["closed_on"] + pd.Timedelta(days=days[1] + 1)
    closed = closed.fillna(late.where(late <= TODAY))
    return rows.assign(let_go=_half_even(rows["share"] * halves, 2), hold_quarter=_quarter(closed))


def _recovered(parts: pd.DataFrame, moves: pd.DataFrame) -> pd.DataFrame:
    sold = parts[
        (parts["part"] == "new_business")
        & parts["ended_on"].notna()
        & (parts["ended_on"] <= TODAY)
        & (parts["end_reason"] != "force_majeure")
    ]
    days = (sold["ended_on"] - sold["closed_on"]).dt.days.clip(lower=0)
    tenths = np.select([days <= 90, days <= 180, days <= 365], [10, 6, 3], 0)
    taken = pd.DataFrame({"person_id": sold["person_id"], "period": np.maximum(_quarter(sold["ended_on"]), sold["quarter"]).astype("int64"),
                          "added": _half_even(sold["share"] * tenths, 10)})  # fmt: skip
    by = ["person_id", "period"]
    paid = moves[moves["part"].isin(["new_business", "go_live"])].groupby(by)["payable"].sum()
    flows = (
        pd.concat([taken.groupby(by)["added"].sum(), paid], axis=1).fillna(0).astype("int64").sort_index().reset_index()
    )
    flows["net"] = flows["added"] - flows["payable"] // 4
    reached = flows.groupby("person_id")["net"].cumsum()
    balance = reached - np.minimum(0, reached.groupby(flows["person_id"]).cummin())
    before = balance.groupby(flows["person_id"]).shift(fill_value=0)
    return flows[by].assign(part="", payable=-(before + flows["added"] - balance))


def _half_even(n: Any, d: Any) -> Any:
    whole, rest = n // d, n % d
    return whole + ((2 * rest > d) | ((2 * rest == d) & (whole % 2 == 1)))


if __name__ == "__main__":
    compute(Path(sys.argv[1]), Path(sys.argv[2]))
