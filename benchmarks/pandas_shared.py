"""What the parts of the pandas contender share: the snapshot as frames, days, phases of customers, posts of people."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

TODAY, AS_OF = pd.Timestamp("2025-12-31"), pd.Timestamp("2025-12-31 20:00")
SUMMERS = [("2024-03-31 01:00", "2024-10-27 01:00"), ("2025-03-30 01:00", "2025-10-26 01:00")]
NEVER = pd.Timestamp("9999-12-31")
DAY = pd.Timedelta(days=1)
NAMES = ("customers", "coverage", "touches", "deals", "deal_shares", "contracts", "promises", "milestones", "tickets",
         "ticket_steps", "surveys", "quotas", "teams", "positions")  # fmt: skip
Frames: TypeAlias = dict[str, pd.DataFrame]


def read_frames(snapshot: Path) -> Frames:
    """The snapshot's tables, with who held which post and what the life of each customer is."""
    frames = {name: _read(snapshot / f"{name}.parquet") for name in NAMES}
    posts = frames["positions"].merge(frames["teams"][["team_id", "department"]], on="team_id").sort_values("person_id")
    frames["posts"] = posts.assign(person_no=np.arange(1, len(posts) + 1), to_on=posts["to_on"].fillna(NEVER))
    frames["lives"] = _lives(frames)
    return frames


def write(frame: pd.DataFrame, out: Path, name: str) -> None:
    """A table as Parquet, as the others write it."""
    frame.to_parquet(out / f"{name}.parquet", compression="zstd", index=False)


def _read(file: Path) -> pd.DataFrame:
    """Decimals as the nearest floats, and days as datetimes: no Python objects."""
    table = pq.read_table(file)
    for place, column in enumerate(table.schema):
        if pa.types.is_decimal(column.type):
            units = pc.multiply(table[column.name], pa.scalar(Decimal(10**column.type.scale))).cast(pa.int64())
            table = table.set_column(place, column.name, pc.divide(units.cast(pa.float64()), 10.0**column.type.scale))
    return table.to_pandas(date_as_object=False)


def cents(amount: Any) -> Any:
    """Money in whole cents."""
    return (amount * 100).round().astype("int64")


def _ahead(at: Any) -> Any:
    """How far the company's clock is ahead of UTC."""
    summer = np.zeros(len(at), dtype=bool)
    for first, last in SUMMERS:
        summer |= ((at >= first) & (at < last)).to_numpy()
    return pd.to_timedelta(np.where(summer, 2, 1), unit="h")


def local_day(at: Any) -> Any:
    """The day in the company's zone."""
    return (at + _ahead(at)).dt.normalize()


def starts_at(day: Any) -> Any:
    """The moment at which a day begins there."""
    return day - _ahead(day - pd.Timedelta(hours=1))


def month_of(day: Any) -> Any:
    """The month as one number."""
    return day.dt.year * 12 + day.dt.month - 1


def quarter_of(day: Any) -> Any:
    """The first month of the quarter."""
    month = month_of(day)
    return month - month % 3


def phase(day: Any, lives: pd.DataFrame) -> Any:
    """The customer's phase on a day; `lives` has the days of each row's customer."""
    return np.select([day >= lives["left_on"], day >= lives["uses_from"], day >= lives["adopts_from"],
                      day >= lives["purchased_on"]], ["leave", "use", "adopt", "install"], "evaluate")  # fmt: skip


def with_posts(frame: pd.DataFrame, frames: Frames, person: str, day: Any) -> pd.DataFrame:
    """The number, team and department of the person on the day; each has one position."""
    found = frames["posts"].set_index("person_id").reindex(frame[person])
    days = np.asarray(day).astype("datetime64[us]")  # in nanoseconds the year 9999 does not fit
    inside = (found["from_on"].to_numpy() <= days) & (days < found["to_on"].to_numpy())
    return frame.assign(
        person_no=found["person_no"].fillna(0).astype("int64").to_numpy(),
        post_team=found["team_id"].where(inside).to_numpy(),
        post_department=found["department"].where(inside).to_numpy(),
    )


def _lives(frames: Frames) -> pd.DataFrame:
    deals, contracts, milestones = frames["deals"], frames["contracts"], frames["milestones"]
    won = deals[(deals["outcome"] == "won") & (deals["kind"] != "renewal")]
    ends = contracts[["ended_on", "ends_on"]].min(axis=1).where(
        contracts["ended_on"].notna(), contracts["ends_on"].where((TODAY - contracts["ends_on"]).dt.days > 30, NEVER))  # fmt: skip
    went_live = milestones[milestones["kind"] == "went_live"]
    live = went_live.groupby("customer_id")["reached_at"].min()
    lives = frames["customers"][["customer_id", "segment", "region", "customer_since_on"]].sort_values("customer_id")
    lives = lives.assign(customer_no=np.arange(1, len(lives) + 1)).set_index("customer_id")
    first = pd.concat([lives["customer_since_on"], won.groupby("customer_id")["closed_on"].min(),
                       contracts.groupby("customer_id")["starts_on"].min()], axis=1)  # fmt: skip
    lives["purchased_on"] = first.min(axis=1)
    lives["opened_on"] = deals.groupby("customer_id")["opened_on"].min()
    lives["live_on"] = local_day(live).reindex(lives.index)
    has_way = lives.index.isin(went_live["customer_id"])
    adopts = lives[["live_on", "purchased_on"]].max(axis=1, skipna=False).fillna(NEVER)
    lives["adopts_from"] = adopts.where(has_way, lives["purchased_on"])
    lives["uses_from"] = (lives["adopts_from"] + 90 * DAY).where(lives["adopts_from"] < NEVER, NEVER)
    left = ends.groupby(contracts["customer_id"]).max().reindex(lives.index)
    lives["left_on"] = left.where(left <= TODAY, NEVER)
    return lives.reset_index()
