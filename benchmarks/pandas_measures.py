"""The measures in pandas: what was observed, its sums by market, by person and by customer, states over time, and values.

Values with intervals and credibility come of Keepwell's own NumPy functions over these sums: they are no SQL in Keepwell
either, and there is nothing in them that pandas would do otherwise.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pyarrow as pa
from pandas_journey import overlaps
from pandas_shared import AS_OF, DAY, NEVER, TODAY, Frames, local_day, month_of, phase, with_posts

from keepwell.engine import load_models
from keepwell.measure import STEP

FORTNIGHT = pd.Timedelta(days=14)
MINUTE = pd.Timedelta(minutes=1)
WHO = ["customer_no", "person_no", "team_id", "department"]


def measures(frames: Frames, tables: Frames) -> Frames:
    """The tables of the measures, of the snapshot and the journey's tables."""
    cases, answers = _cases(frames, tables["handoffs"]), _answers(frames)
    seen = pd.concat([*_of_answers(answers), *_of_cases(cases), *_of_promises(frames, tables),
                      *_of_first_days(frames, tables), _rushed(frames)], ignore_index=True)  # fmt: skip
    seen[["a", "b", "c"]] = seen[["a", "b", "c"]].astype(float)
    cells, customers = _sums(frames, seen)
    found = {"measure_cells": cells, "measure_customers": customers, "measure_spans": _spans(frames, tables)}
    return {**found, "measures": _values(found)}


def _cases(frames: Frames, handoffs: pd.DataFrame) -> pd.DataFrame:
    cases = frames["tickets"].sort_values(["customer_id", "topic", "opened_at", "ticket_id"], ignore_index=True)
    again = cases.groupby(["customer_id", "topic"])["opened_at"].shift(-1)
    done = cases["solved_at"].where(cases["solved_at"] <= AS_OF)
    came_again = (again > cases["opened_at"]) & (again - done <= FORTNIGHT)
    reopened = cases["reopens"] > 0
    changes = handoffs.groupby(["ticket_id", "of"])["is_return"].agg(["size", "sum"]).groupby("ticket_id").max()
    hands = changes.reindex(cases["ticket_id"]).fillna(0)
    rows = cases.assign(
        on_day=local_day(cases["opened_at"]), done=done, solved=done.notna().astype("int64"), reopened=reopened,
        met=(done <= cases["due_at"]), judged=done.notna() | (cases["due_at"] < AS_OF),
        first=~came_again & ~reopened, first_known=done.notna() & (reopened | came_again | (AS_OF - done > FORTNIGHT)),
        replied=cases["first_reply_at"].notna().astype("int64"),
        solve_minutes=(done.fillna(AS_OF) - cases["opened_at"]) // MINUTE,
        reply_minutes=(cases["first_reply_at"].fillna(done).fillna(AS_OF) - cases["opened_at"]) // MINUTE,
        handoffs=hands["size"].to_numpy().astype("int64"), returns=hands["sum"].to_numpy().astype("int64"),
    )  # fmt: skip
    rows = with_posts(rows, frames, "assignee_id", rows["on_day"])
    rows = rows.merge(frames["teams"][["team_id", "department"]], on="team_id")
    return rows.merge(frames["lives"][["customer_id", "customer_no"]], on="customer_id")


def _answers(frames: Frames) -> pd.DataFrame:
    sent = frames["surveys"][frames["surveys"]["invited_at"] <= AS_OF].merge(
        frames["tickets"][["ticket_id", "assignee_id"]], how="left", left_on="about", right_on="ticket_id")  # fmt: skip
    sent = sent.assign(invited_on=local_day(sent["invited_at"]),
                       answered_on=local_day(sent["answered_at"].where(sent["answered_at"] <= AS_OF)))  # fmt: skip
    day = sent["answered_on"].fillna(sent["invited_on"])
    sent = with_posts(sent, frames, "assignee_id", day).merge(
        frames["lives"][["customer_id", "customer_no", "purchased_on", "adopts_from", "uses_from", "left_on"]],
        on="customer_id", how="left")  # fmt: skip
    inside = sent["post_team"].notna()
    return sent.assign(
        credited=np.where(sent["assignee_id"].isna(), "coverage", "person"), team_id=sent["post_team"].fillna(""),
        department=sent["post_department"].fillna(""), stage=sent["stage"].fillna(pd.Series(phase(day, sent), sent.index)),
        person_no=sent["person_no"].where(inside | sent["assignee_id"].notna(), 0),
    )  # fmt: skip


def _row(frame: pd.DataFrame, measure: object, *, credited: object = "person", stage: object = "support", day: str = "on_day",
         credit: str = "", duration: object = -1, outcome: object = -1, a: object = 0, b: object = 1, c: object = 1) -> pd.DataFrame:  # fmt: skip
    """Rows of what was observed, in the columns that all measures share."""
    return frame[WHO].assign(measure=measure, credited=credited, stage=stage, on_day=frame[day], credit_on=frame[credit or day],
                             duration=duration, outcome=outcome, a=a, b=b, c=c)  # fmt: skip


def _of_answers(answers: pd.DataFrame) -> list[pd.DataFrame]:
    nps, there = answers[answers["kind"] == "nps"], answers["answered_on"].notna()
    said = answers[(answers["kind"] == "nps") & there]
    rated = answers[(answers["kind"] != "nps") & there]
    most = np.where(rated["kind"] == "ces", 6 * 0.66, 4 * 0.75)
    promotes, detracts, replied = nps["score"] >= 9, nps["score"] < 7, nps["answered_on"].notna()
    return [
        _row(said, "nps", credited=said["credited"], stage=said["stage"], day="answered_on", a=said["score"] >= 9,
             b=said["score"] < 7, c=0),
        _row(nps, "nps_bounds", credited=nps["credited"], stage=nps["stage"], day="invited_on", a=promotes & replied,
             b=detracts & replied, c=replied),
        _row(answers, "response_rate", credited=answers["credited"], stage=answers["stage"], day="invited_on", a=there),
        _row(rated, rated["kind"], credited=rated["credited"], stage=rated["stage"], day="answered_on",
             a=rated["score"] - 1 >= most),
    ]  # fmt: skip


def _of_cases(cases: pd.DataFrame) -> list[pd.DataFrame]:
    judged, known, handed = cases[cases["judged"]], cases[cases["first_known"]], cases[cases["handoffs"] > 0]
    closed = cases[(cases["solved"] == 1) | cases["reopened"]]
    return [
        _row(judged, "service_level_met", a=judged["met"]),
        _row(closed, "reopen_rate", a=closed["reopened"]),
        _row(known, "first_contact_resolution", a=known["first"]),
        _row(cases, "time_to_solve", duration=cases["solve_minutes"], outcome=cases["solved"], b=0, c=0),
        _row(cases, "time_to_reply", duration=cases["reply_minutes"], outcome=cases["replied"], b=0, c=0),
        _row(cases, "handoffs", a=cases["handoffs"], b=cases["handoffs"] ** 2, c=0),
        _row(handed, "ping_pong", a=handed["returns"] > 0),
    ]


def _of_promises(frames: Frames, tables: Frames) -> list[pd.DataFrame]:
    due = tables["promise_ledger"]
    due = due[(due["status"] != "open") & (due["due_on"] <= TODAY)]
    due = with_posts(due, frames, "person_id", due["due_on"])
    due = due[due["person_no"] > 0].merge(frames["lives"][["customer_id", "customer_no"]], on="customer_id")
    return [_row(due, "promises_kept", stage=due["stage"], day="due_on", a=due["status"] == "kept")]


def _of_first_days(frames: Frames, tables: Frames) -> list[pd.DataFrame]:
    days = tables["first_days"].merge(frames["lives"][["customer_id", "customer_no", "left_on"]], on="customer_id")
    days = days.assign(person_no=0, team_id="", department="")
    over = days[days["is_over"]].assign(last_on=lambda rows: rows["to_on"] - DAY)
    way = days[days["customer_id"].isin(frames["milestones"]["customer_id"])]
    end = way["left_on"].clip(upper=TODAY)
    reached = way["value_on"] <= end
    until = way["value_on"].where(reached, end)
    way = way.assign(until=until, took=(until - way["from_on"]).dt.days.clip(lower=0),
                     outcome=np.select([reached, way["left_on"] <= TODAY], [1, 2], 0))  # fmt: skip
    return [
        _row(way, "time_to_value", credited="coverage", stage="adopt", day="from_on", credit="until", duration=way["took"],
             outcome=way["outcome"], b=0, c=0),
        _row(over, "first_90_days", credited="coverage", stage="adopt", day="from_on", credit="last_on",
             a=over["is_good"].astype(bool)),
    ]  # fmt: skip


def _rushed(frames: Frames) -> pd.DataFrame:
    """First sales, and how much of a quarter its last 14 days are."""
    deals = frames["deals"]
    won = deals[(deals["outcome"] == "won") & (deals["kind"] != "renewal")]
    quarter = won["closed_on"].dt.to_period("Q")
    from_on, to_on = quarter.dt.start_time, (quarter + 1).dt.start_time
    won = with_posts(won, frames, "owner_id", won["closed_on"]).assign(
        late=to_on - won["closed_on"] <= FORTNIGHT, part=(14 / (to_on - from_on).dt.days).round(6),
        team_id=lambda rows: rows["post_team"].fillna(""), department=lambda rows: rows["post_department"].fillna(""))  # fmt: skip
    won = won.merge(frames["lives"][["customer_id", "customer_no"]], on="customer_id")
    return _row(won, "quarter_end", stage="buy", day="closed_on", a=won["late"], b=won["part"], c=0)


def _sums(frames: Frames, seen: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Sums by market and month, by those who stand behind it and month, and by customer and quarter."""
    seen["month"] = month_of(seen["on_day"])
    lives = frames["lives"][["customer_no", "customer_id", "segment", "region"]]
    market = _added(seen.merge(lives, on="customer_no"), ["segment", "region", "stage", "month"]).assign(
        counts_in="whole"
    )
    own = seen[seen["credited"] == "person"].assign(counts_in="people")
    covered = seen[seen["credited"] == "coverage"].drop(columns=["person_no", "team_id", "department"])
    behind = covered.merge(_credits(frames, covered), on=["customer_no", "credit_on"])
    people = _added(pd.concat([own, behind]), ["counts_in", "person_no", "team_id", "department", "month"])
    cells = pd.concat([market, people], ignore_index=True)
    numbers = frames["posts"].set_index("person_no")["person_id"]
    cells["person_no"] = cells["person_no"].fillna(0).astype("int64")
    cells["person_id"] = cells["person_no"].map(numbers)
    words = ["person_id", "team_id", "department", "segment", "region", "stage"]
    cells[words] = cells[words].fillna("")
    order = [
        "measure",
        "counts_in",
        "person_no",
        "team_id",
        "department",
        "segment",
        "region",
        "stage",
        "month",
        "duration",
        "outcome",
    ]
    customers = _added(seen.assign(month=seen["month"] - seen["month"] % 3), ["customer_no", "month"])
    customers = customers.merge(lives[["customer_no", "customer_id"]], on="customer_no")
    by = ["measure", "customer_no", "month", "duration", "outcome"]
    return cells.sort_values(order, ignore_index=True), customers.sort_values(by, ignore_index=True)


def _added(seen: pd.DataFrame, grain: list[str]) -> pd.DataFrame:
    found = seen.groupby(["measure", *grain, "duration", "outcome"], observed=True, sort=False).agg(
        n=("a", "size"), a=("a", "sum"), b=("b", "sum"), c=("c", "sum"))  # fmt: skip
    return found.round({"b": 6}).reset_index()


def _credits(frames: Frames, covered: pd.DataFrame) -> pd.DataFrame:
    """Who stood behind each customer on each day on which something is credited: persons, teams, departments, each once."""
    days = covered[["customer_no", "credit_on"]].drop_duplicates().merge(
        frames["lives"][["customer_no", "customer_id"]], on="customer_no")  # fmt: skip
    named = days.merge(frames["coverage"][["customer_id", "person_id", "from_on", "to_on"]], on="customer_id")
    named = named[(named["from_on"] <= named["credit_on"]) & ~(named["to_on"] <= named["credit_on"])]
    named = with_posts(named, frames, "person_id", named["credit_on"])
    named = named.assign(team_id=named["post_team"].fillna(""), department=named["post_department"].fillna(""))
    at = ["customer_no", "credit_on"]
    people = named[[*at, "person_no", "team_id", "department"]].drop_duplicates()
    teams = people.loc[people["team_id"] != "", [*at, "team_id", "department"]].drop_duplicates()
    departments = people.loc[people["department"] != "", [*at, "department"]].drop_duplicates()
    return pd.concat([people.assign(counts_in="person"), teams.assign(counts_in="team", person_no=0),
                      departments.assign(counts_in="department", person_no=0, team_id="")], ignore_index=True)  # fmt: skip


def _spans(frames: Frames, tables: Frames) -> pd.DataFrame:
    lives = frames["lives"][["customer_no", "customer_id", "segment", "region"]]
    spans, stints, phases = _paying(frames), _stints(frames), tables["phases"]
    held = overlaps(spans, stints, "customer_no")
    held = held.assign(from_on=held[["from_on", "from_on_2"]].max(axis=1), to_on=held[["to_on", "to_on_2"]].min(axis=1))
    held = held.groupby(["customer_no", "person_id", "team_id", "department", "from_on"]).agg(
        to_on=("to_on", "max"), value=("value", "max")).reset_index()  # fmt: skip
    both = overlaps(phases, tables["owned"], "customer_id")
    both = both.assign(from_on=both[["from_on", "from_on_2"]].max(axis=1), to_on=both[["to_on", "to_on_2"]].min(axis=1))
    columns = ["customer_no", "stage", "from_on", "to_on"]
    states = pd.concat([
        spans.assign(measure="retention", part="whole"), held.assign(measure="retention", part="person"),
        phases[columns].assign(measure="ownership", part="whole", value=0.0),
        both[columns].assign(measure="ownership", part="owned", value=0.0),
    ], ignore_index=True)  # fmt: skip
    words = ["stage", "person_id", "team_id", "department"]
    states[words] = states[words].fillna("")
    by = ["measure", "part", "customer_no", "stage", "person_id", "team_id", "from_on"]
    return states.merge(lives, on="customer_no").sort_values(by, ignore_index=True)


def _paying(frames: Frames) -> pd.DataFrame:
    """The spans in which a customer's contracts run, and what they are worth a year together."""
    contracts = frames["contracts"].merge(frames["lives"][["customer_id", "customer_no"]], on="customer_id")
    following = (
        contracts[["renews_id", "starts_on"]]
        .dropna()
        .rename(columns={"renews_id": "contract_id", "starts_on": "next_on"})
    )
    contracts = contracts.merge(following, on="contract_id", how="left")
    lapsed = contracts["ends_on"].where((TODAY - contracts["ends_on"]).dt.days > 30, NEVER)
    stops = contracts["next_on"].fillna(contracts["ended_on"]).fillna(lapsed)
    running = contracts.assign(stops_on=stops, cents=(contracts["annual_value"] * 100).round().astype("int64"))
    running = running[running["starts_on"] < running["stops_on"]]
    changes = pd.concat([
        running[["customer_no", "starts_on", "cents"]].set_axis(["customer_no", "from_on", "cents"], axis=1).assign(many=1),
        running[["customer_no", "stops_on"]].set_axis(["customer_no", "from_on"], axis=1).assign(cents=-running["cents"], many=-1),
    ])  # fmt: skip
    daily = changes.groupby(["customer_no", "from_on"])[["cents", "many"]].sum().reset_index()
    of = daily.groupby("customer_no")
    daily["to_on"] = of["from_on"].shift(-1)
    daily["value"], daily["running"] = of["cents"].cumsum() / 100, of["many"].cumsum()
    return daily.loc[daily["to_on"].notna() & (daily["running"] > 0), ["customer_no", "from_on", "to_on", "value"]]


def _stints(frames: Frames) -> pd.DataFrame:
    """In which team each person stood behind a customer, and when: also before their post and after it, in none."""
    posts = frames["posts"][["person_id", "team_id", "department", "from_on", "to_on"]]
    first, last = pd.Timestamp("1700-01-01"), posts["to_on"] < NEVER
    none = posts.assign(team_id="", department="")
    posts = pd.concat([posts, none.assign(from_on=first, to_on=posts["from_on"]),
                       none[last].assign(from_on=posts["to_on"], to_on=NEVER)])  # fmt: skip
    coverage = frames["coverage"][["customer_id", "person_id", "from_on", "to_on"]]
    both = overlaps(coverage.assign(to_on=coverage["to_on"].fillna(NEVER)), posts, "person_id")
    both = both.assign(from_on=both[["from_on", "from_on_2"]].max(axis=1), to_on=both[["to_on", "to_on_2"]].min(axis=1))
    both = both.merge(frames["lives"][["customer_id", "customer_no"]], on="customer_id")
    by = ["customer_no", "person_id", "team_id", "department", "from_on"]
    return both.groupby(by)["to_on"].max().reset_index()


def _values(found: Frames) -> pd.DataFrame:
    schemas = {model.name: model.gives.arrow for model in load_models("keepwell.measure")}
    inputs = {name: _as_declared(found[name], schemas[name]) for name in ("measure_cells", "measure_spans")}
    inputs["run_settings"] = pa.table({"today": [date(2025, 12, 31)], "year_starts": [1]})
    return STEP.run(inputs).to_pandas()


def _as_declared(frame: pd.DataFrame, schema: pa.Schema) -> pa.Table:
    """The columns in the declared order and types; days as days, sums as decimals."""
    arrays = []
    for column in schema:
        values = pa.array(frame[column.name])
        if pa.types.is_decimal(column.type) and not pa.types.is_decimal(values.type):
            values = values.cast(pa.float64())
        arrays.append(values.cast(column.type, safe=False))
    return pa.table(arrays, schema=schema)
