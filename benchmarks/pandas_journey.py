"""The journey in pandas: events, stages, transitions, hand-overs, hand-offs, promises, first days, ownership, customers now."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from pandas_shared import AS_OF, DAY, NEVER, TODAY, Frames, local_day, phase, starts_at, with_posts


def journey(frames: Frames) -> Frames:
    """The tables of the journey."""
    events = events_of(frames)
    visits = _visits(events)
    ledger = _ledger(frames)
    phases, owned = _phases(frames["lives"]), _owned(frames)
    return {
        "events": events, "stages": _stages(visits), "transitions": _transitions(visits), "handovers": _handovers(events),
        "handoffs": _handoffs(frames), "promise_ledger": ledger, "first_days": _first_days(frames, ledger),
        "ownership": _ownership(phases, owned), "customers_now": _customers_now(frames), "phases": phases, "owned": owned,
    }  # fmt: skip


def events_of(frames: Frames) -> pd.DataFrame:
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
    events.loc[~dated, "on_day"] = local_day(events.loc[~dated, "at"])
    events.loc[dated, "at"] = starts_at(events.loc[dated, "on_day"])
    events = events[events["on_day"] <= TODAY]
    lives = frames["lives"][["customer_id", "customer_no", "purchased_on", "adopts_from", "uses_from", "left_on"]]
    events = events.merge(lives, on="customer_id")
    events = with_posts(events, frames, "person_id", events["on_day"])
    events["stage"] = events["stage"].where(events["stage"] != "", phase(events["on_day"], events))
    departments = frames["teams"].set_index("team_id")["department"]
    events["department"] = events["team_id"].map(departments).fillna(events["post_department"]).fillna("")
    events["team_id"] = events["team_id"].fillna(events["post_team"]).fillna("")
    events["person_id"] = events["person_id"].fillna("")
    events["event_id"] = events["ref_table"] + ":" + events["ref_id"] + ":" + events["kind"] + events["part"]
    events = events.drop(
        columns=[
            "purchased_on",
            "adopts_from",
            "uses_from",
            "left_on",
            "post_team",
            "post_department",
            "part",
            "person_no",
        ]
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


def _visits(events: pd.DataFrame) -> pd.DataFrame:
    """One row per stay in a stage: how many events, what came next and when."""
    lined = events[["customer_no", "stage", "at", "place", "seq"]].sort_values(
        ["customer_no", "at", "place", "seq", "stage"], ignore_index=True
    )
    new = lined["customer_no"] != lined["customer_no"].shift()
    visits = lined[new | (lined["stage"] != lined["stage"].shift())]
    ends = np.append(visits.index.to_numpy()[1:], len(lined))
    last = (visits["customer_no"] != visits["customer_no"].shift(-1)).to_numpy()
    return visits.assign(
        events=ends - visits.index.to_numpy(), next_stage=visits["stage"].shift(-1).mask(last),
        next_at=visits["at"].shift(-1).mask(last), hours=(visits["at"].shift(-1).mask(last) - visits["at"]).dt.total_seconds() / 3600,
    )  # fmt: skip


def _stages(visits: pd.DataFrame) -> pd.DataFrame:
    found = visits.groupby("stage").agg(
        visits=("stage", "size"), customers=("customer_no", "nunique"), gone_on=("next_at", "count"), events=("events", "sum"),
        mean_hours=("hours", "mean"), median_hours=("hours", "median"))  # fmt: skip
    return found.assign(now=found["visits"] - found["gone_on"]).drop(columns="gone_on").reset_index()


def _transitions(visits: pd.DataFrame) -> pd.DataFrame:
    moved = visits[visits["next_stage"].notna()].rename(columns={"stage": "from_stage", "next_stage": "to_stage"})
    return moved.groupby(["from_stage", "to_stage"]).agg(
        count=("hours", "size"), customers=("customer_no", "nunique"), mean_hours=("hours", "mean"),
        median_hours=("hours", "median")).reset_index()  # fmt: skip


def _handovers(events: pd.DataFrame) -> pd.DataFrame:
    lined = events.loc[events["department"] != "", ["customer_no", "stage", "department", "at", "place", "seq"]].sort_values(
        ["customer_no", "at", "place", "seq", "department", "stage"])  # fmt: skip
    same = lined["customer_no"] == lined["customer_no"].shift()
    lined = lined.assign(
        from_department=lined["department"].shift(), hours=lined["at"].diff().dt.total_seconds() / 3600
    )
    moved = lined[same & (lined["from_department"] != lined["department"])]
    found = moved.groupby(["from_department", "department", "stage"]).agg(
        count=("hours", "size"), customers=("customer_no", "nunique"), mean_hours=("hours", "mean"))  # fmt: skip
    return found.reset_index().rename(columns={"department": "to_department"})


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
    turns = turns[turns["before"].notna()].merge(frames["tickets"][["ticket_id", "customer_id"]], on="ticket_id")
    turns = turns.rename(columns={"before": "from_id", "holder": "to_id"})
    return turns[["ticket_id", "of", "nth", "customer_id", "at", "from_id", "to_id", "is_return"]]


def _ledger(frames: Frames) -> pd.DataFrame:
    promises, tickets, milestones = frames["promises"], frames["tickets"], frames["milestones"]
    made = pd.concat([
        promises[["customer_id", "person_id", "kind", "made_on", "due_on"]].assign(
            ref_table="promises", ref_id=promises["promise_id"], stage="", done_at=promises["kept_at"]),
        tickets[["customer_id", "team_id", "due_at"]].assign(
            ref_table="tickets", ref_id=tickets["ticket_id"], person_id=tickets["assignee_id"], stage="support",
            kind="service_level", made_on=local_day(tickets["opened_at"]), due_on=local_day(tickets["due_at"]),
            done_at=tickets["solved_at"].fillna(tickets["closed_at"])),
        milestones[["customer_id", "person_id", "due_on"]].assign(
            ref_table="milestones", ref_id=milestones["customer_id"] + "|" + milestones["contract_id"] + "|" + milestones["kind"],
            stage=milestones["kind"].map({"handed_over": "deliver", "first_value": "adopt"}).fillna("install"), kind="date",
            done_at=milestones["reached_at"]),
    ], ignore_index=True)  # fmt: skip
    done_at = made["done_at"].where(made["done_at"] <= AS_OF)
    done_on, due_on, due_at, made_on = local_day(done_at), made["due_on"], made["due_at"], made["made_on"]
    late = (done_at > due_at) | (done_on > due_on)
    broken = (due_at < AS_OF) | (due_at.isna() & (due_on < TODAY))
    made["status"] = np.select([late, done_at.notna(), broken], ["late", "kept", "broken"], "open")
    made["done_on"] = done_on
    lives = frames["lives"][["customer_id", "purchased_on", "adopts_from", "uses_from", "left_on"]]
    made = made.merge(lives, on="customer_id", how="left")
    made = with_posts(made, frames, "person_id", made_on.fillna(due_on))
    early = np.select([made_on >= made["left_on"], made_on >= made["uses_from"], made_on >= made["adopts_from"]],
                      ["leave", "use", "adopt"], "evaluate")  # fmt: skip
    phased = np.where(made_on > made["purchased_on"], phase(made_on, made), early)
    departments = frames["teams"].set_index("team_id")["department"]
    overdue = (made["status"] == "broken") & (due_on < TODAY)
    return pd.DataFrame({
        "ref_table": made["ref_table"], "ref_id": made["ref_id"], "customer_id": made["customer_id"],
        "person_id": made["person_id"], "team_id": made["team_id"].fillna(made["post_team"]).fillna(""),
        "department": made["team_id"].map(departments).fillna(made["post_department"]).fillna(""),
        "stage": made["stage"].where(made["stage"] != "", phased), "kind": made["kind"], "made_on": made_on,
        "due_on": due_on, "done_on": done_on, "status": made["status"],
        "days_late": (done_on - due_on).where(made["status"] == "late", (TODAY - due_on).where(overdue)).dt.days,
        "weight": 1.0,
    }).sort_values(["ref_table", "ref_id"])  # fmt: skip


def _first_days(frames: Frames, ledger: pd.DataFrame) -> pd.DataFrame:
    lives, milestones, tickets = frames["lives"], frames["milestones"], frames["tickets"]
    bought = lives.set_index("customer_id")["purchased_on"]
    value = milestones[milestones["kind"] == "first_value"].groupby("customer_id")["reached_at"].min().dropna()
    from_on = ledger["customer_id"].map(bought)
    missed = ledger[ledger["status"].isin(["late", "broken"]) & (ledger["ref_table"] != "tickets")
                    & (ledger["due_on"] >= from_on) & (ledger["due_on"] < from_on + 90 * DAY)]  # fmt: skip
    began = tickets["customer_id"].map(bought)
    over, opened = began + 90 * DAY, local_day(tickets["opened_at"])
    solved, closed = (local_day(tickets[name]) for name in ("solved_at", "closed_at"))
    severe = tickets[(tickets["priority"] == "urgent") & (opened >= began) & (opened < over)
                     & (solved.isna() | (solved >= over)) & (closed.isna() | (closed >= over))]  # fmt: skip
    rows = lives.loc[lives["purchased_on"] <= TODAY, ["customer_id", "purchased_on", "live_on"]].set_index(
        "customer_id"
    )
    to_on = rows["purchased_on"] + 90 * DAY
    value_on = local_day(value).reindex(rows.index)
    found = pd.DataFrame({
        "from_on": rows["purchased_on"], "to_on": to_on, "is_over": to_on <= TODAY, "live_on": rows["live_on"],
        "value_on": value_on, "is_live": rows["live_on"] < to_on, "has_value": value_on < to_on,
        "broken_promises": missed.groupby("customer_id").size().reindex(rows.index, fill_value=0),
        "open_severe": severe.groupby("customer_id").size().reindex(rows.index, fill_value=0),
    })  # fmt: skip
    good = found["is_live"] & found["has_value"] & (found["broken_promises"] == 0) & (found["open_severe"] == 0)
    return found.assign(is_good=good.astype("boolean").where(found["is_over"])).reset_index()


def _owned(frames: Frames) -> pd.DataFrame:
    """The spans in which somebody was named for the customer: overlapping ones joined."""
    coverage, deals = frames["coverage"], frames["deals"]
    named = pd.concat([coverage[["customer_id", "from_on", "to_on"]],
                       deals[["customer_id", "opened_on", "closed_on"]].set_axis(["customer_id", "from_on", "to_on"], axis=1)])  # fmt: skip
    named = named.assign(to_on=named["to_on"].fillna(NEVER)).sort_values(
        ["customer_id", "from_on", "to_on"], ignore_index=True
    )
    new = (named["customer_id"] != named["customer_id"].shift()).to_numpy()
    reached = named.groupby("customer_id")["to_on"].cummax().shift()
    island = np.cumsum(new | (reached < named["from_on"]).to_numpy())
    return named.groupby(island).agg(
        customer_id=("customer_id", "first"), from_on=("from_on", "min"), to_on=("to_on", "max")
    )


def _phases(lives: pd.DataFrame) -> pd.DataFrame:
    ways = (("evaluate", "opened_on", "purchased_on"), ("install", "purchased_on", "adopts_from"),
            ("adopt", "adopts_from", "uses_from"), ("use", "uses_from", "left_on"))  # fmt: skip
    phases = pd.concat([lives[["customer_no", "customer_id", "left_on"]].assign(stage=stage, from_on=lives[begin], until=lives[end])
                        for stage, begin, end in ways], ignore_index=True)  # fmt: skip
    phases["to_on"] = phases[["until", "left_on"]].min(axis=1).clip(upper=TODAY + DAY)
    return phases.loc[phases["from_on"] < phases["to_on"], ["customer_no", "customer_id", "stage", "from_on", "to_on"]]


def overlaps(one: pd.DataFrame, other: pd.DataFrame, by: str) -> pd.DataFrame:
    """Every pair of spans of one `by` that overlap; the second's days are `from_on_2`, `to_on_2`."""
    both = one.merge(other, on=by, suffixes=("", "_2"))
    return both[(both["from_on_2"] < both["to_on"]) & (both["from_on"] < both["to_on_2"])]


def _ownership(phases: pd.DataFrame, owned: pd.DataFrame) -> pd.DataFrame:
    by = ["customer_id", "stage"]
    both = overlaps(phases, owned, "customer_id")
    days = (both[["to_on", "to_on_2"]].min(axis=1) - both[["from_on", "from_on_2"]].max(axis=1)).dt.days
    now = owned[(owned["from_on"] <= TODAY) & (owned["to_on"] > TODAY)]["customer_id"]
    rows = phases.drop(columns="customer_no").set_index(by)
    rows["days"] = (rows["to_on"] - rows["from_on"]).dt.days
    rows["owned_days"] = days.groupby([both[name] for name in by]).sum().reindex(rows.index, fill_value=0)
    rows = rows.reset_index()
    return rows.assign(is_now=rows["to_on"] > TODAY, has_owner=rows["customer_id"].isin(now)).sort_values(by)


def _customers_now(frames: Frames) -> pd.DataFrame:
    lives, coverage, contracts = frames["lives"], frames["coverage"], frames["contracts"]
    named = coverage[(coverage["from_on"] <= TODAY) & ~(coverage["to_on"] <= TODAY)]
    last = named.sort_values(["customer_id", "from_on", "person_id", "role"], ascending=[True, False, True, True])
    last = last.drop_duplicates("customer_id").set_index("customer_id")
    running = contracts[
        (contracts["starts_on"] <= TODAY) & (contracts["ends_on"] > TODAY) & ~(contracts["ended_on"] <= TODAY)
    ]
    rows = lives.set_index("customer_id")
    known = (rows["purchased_on"] <= TODAY) | (rows["left_on"] <= TODAY)
    return pd.DataFrame({
        "segment": rows["segment"], "region": rows["region"],
        "stage": np.where(known, phase(pd.Series(TODAY, rows.index), rows), "evaluate"), "purchased_on": rows["purchased_on"],
        "live_on": rows["live_on"], "left_on": rows["left_on"].where(rows["left_on"] < NEVER),
        "owners": named.groupby("customer_id").size().reindex(rows.index, fill_value=0),
        "owner_id": last["person_id"].reindex(rows.index).fillna(""), "owner_role": last["role"].reindex(rows.index).fillna(""),
        "annual_value": running.groupby("customer_id")["annual_value"].sum().round(2).reindex(rows.index),
    }).reset_index()  # fmt: skip
