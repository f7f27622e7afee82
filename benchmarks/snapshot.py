"""Which record do all contenders read? One company of a given number of events, as a Parquet file per table.

`snapshot.py FOLDER EVENTS PAYEES` writes it.

The files have the columns of a run's snapshot: the canonical ones, then the stamps. Everything follows from the seed.
Of about 105 events that a customer makes in two years, four fifths are cases and their steps, milestones and surveys.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from keepwell.record.snapshot import SNAPSHOT_TABLES

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Columns = dict[str, Any]

EPOCH = date(1970, 1, 1).toordinal()
FIRST, LAST = date(2024, 1, 1), date(2025, 12, 31)
AS_OF = datetime(2025, 12, 31, 20, 0)  # noqa: DTZ001 - the record's moments are UTC without zone
TIME_ZONE, CURRENCY = "Europe/Paris", "EUR"
EVENTS_OF_A_CUSTOMER = 106
A_DAY, AN_HOUR = 86_400_000_000, 3_600_000_000
_BEGIN, _END = FIRST.toordinal() - EPOCH, LAST.toordinal() - EPOCH

SELLERS, EXPANDERS, LEADS = "account_executive", "expansion_seller", "delivery_lead"
REPS = "service_rep"
_DEPARTMENT = {SELLERS: "sales", EXPANDERS: "sales", LEADS: "delivery", REPS: "support"}


@dataclass(frozen=True)
class Staff:
    """The numbers of the people in each role; payees first."""

    of: dict[str, Ints]

    @classmethod
    def hire(cls, payees: int) -> Staff:
        """So many payees, and a service rep for every five of them, who are measured but not paid."""
        ends = [0, payees * 6 // 10, payees * 8 // 10, payees, payees + max(payees // 5, 2)]
        roles = (SELLERS, EXPANDERS, LEADS, REPS)
        return cls({role: np.arange(low, high) for role, low, high in zip(roles, ends[:-1], ends[1:], strict=True)})

    @property
    def all(self) -> Ints:
        """Everybody."""
        return np.concatenate(list(self.of.values()))


def write_snapshot(folder: Path, events: int, payees: int, seed: int = 7) -> dict[str, int]:
    """Write the record's tables into `folder`. How many rows has each?"""
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    customers = max(events // EVENTS_OF_A_CUSTOMER, 20)
    staff = Staff.hire(payees)
    counts: dict[str, int] = {}

    def write(name: str, columns: Columns) -> None:
        table = _table(name, columns)
        pq.write_table(table, folder / f"{name}.parquet", row_group_size=122_880, compression="zstd")
        counts[name] = table.num_rows

    _write_people(rng, staff, write)
    since = rng.integers(_BEGIN, _END - 20, customers)
    write("customers", {
        "customer_id": _ids("crm:C", np.arange(customers)), "customer_since_on": since,
        "segment": _words(("enterprise", "mid-market", "small"), rng.integers(0, 3, customers)),
        "region": _words(("north", "south", "east", "west"), rng.integers(0, 4, customers)),
    })  # fmt: skip
    _write_coverage(rng, staff, since, write)
    deals = _write_deals(rng, staff, customers, write)
    _write_quotas(rng, staff, deals, write)
    _write_contracts(rng, staff, deals, write)
    tickets = _write_tickets(rng, staff, customers, write)
    _write_surveys(rng, customers, tickets, write)
    _write_touches(rng, staff, customers, write)
    _write_promises(rng, staff, customers, write)
    for name in SNAPSHOT_TABLES.keys() - counts.keys():
        write(name, {})
    return counts


def _write_people(rng: np.random.Generator, staff: Staff, write: Any) -> None:
    """A tenth comes in the middle of the two years, a twentieth leaves, a tenth works half the time."""
    everybody = staff.all
    count = len(everybody)
    hired = np.where(rng.random(count) < 0.1, rng.integers(_BEGIN, _END - 200, count), _BEGIN - 400)
    leaves = rng.random(count) < 0.05
    left = np.maximum(hired + 100, rng.integers(_BEGIN + 200, _END, count))
    write("people", {"person_id": _people(everybody), "hired_on": hired, "left_on": _masked(left, leaves)})
    team = everybody // 12
    role = np.concatenate([np.full(len(ones), place) for place, ones in enumerate(staff.of.values())])
    write("positions", {
        "person_id": _people(everybody), "from_on": hired, "to_on": _masked(left, leaves),
        "role": _words(tuple(staff.of), role), "team_id": _teams(role, team),
        "fte": pa.array(np.where(rng.random(count) < 0.1, 0.5, 1.0)), "currency": CURRENCY,
    })  # fmt: skip
    known = np.unique(role * 1_000_000 + team)
    write("teams", {
        "team_id": _teams(known // 1_000_000, known % 1_000_000),
        "department": _words(tuple(_DEPARTMENT[name] for name in staff.of), known // 1_000_000),
    })  # fmt: skip


def _write_coverage(rng: np.random.Generator, staff: Staff, since: Ints, write: Any) -> None:
    """A delivery lead from the first day, for a fifth of the customers another one later; a seller for half."""
    customers = len(since)
    changes = rng.random(customers) < 0.2
    day = since + rng.integers(30, 300, customers)
    second, sold = np.flatnonzero(changes), np.flatnonzero(rng.random(customers) < 0.5)
    customer = np.concatenate([np.arange(customers), second, sold])
    to_on = np.concatenate([day, np.zeros(len(second) + len(sold), dtype=np.int64)])
    ends = np.concatenate([changes, np.zeros(len(second) + len(sold), dtype=bool)])
    leads = rng.choice(staff.of[LEADS], customers)
    sellers = rng.choice(staff.of[SELLERS], len(sold))
    next_lead = staff.of[LEADS][(leads[second] - staff.of[LEADS][0] + 1) % len(staff.of[LEADS])]
    write("coverage", {
        "customer_id": _ids("crm:C", customer), "person_id": _people(np.concatenate([leads, next_lead, sellers])),
        "role": _words((LEADS, SELLERS), np.repeat([0, 1], [customers + len(second), len(sold)])),
        "from_on": np.concatenate([since, day[second], since[sold]]), "to_on": _masked(to_on, ends),
    })  # fmt: skip


@dataclass(frozen=True)
class Deals:
    """Opportunities: whose, when closed (`won` ones), of which kind (0 new, 1 expansion, 2 renewal), worth how many cents."""

    customer: Ints
    closed: Ints
    kind: Ints
    won: Flags
    cents: Ints
    seller: Ints


def _write_deals(rng: np.random.Generator, staff: Staff, customers: int, write: Any) -> Deals:
    count = customers * 6
    customer, opened = rng.integers(0, customers, count), rng.integers(_BEGIN, _END, count)
    closed = opened + rng.integers(10, 90, count)
    is_closed = closed <= _END
    won = is_closed & (rng.random(count) < 0.6)
    kind = rng.choice(3, count, p=(0.5, 0.3, 0.2))
    cents = np.round(np.exp(rng.normal(10.0, 0.8, count)) * 100).astype(np.int64)
    seller = np.where(kind == 1, rng.choice(staff.of[EXPANDERS], count), rng.choice(staff.of[SELLERS], count))
    write("deals", {
        "deal_id": _ids("crm:D", np.arange(count)), "customer_id": _ids("crm:C", customer),
        "owner_id": _people(seller), "kind": _words(("new", "expansion", "renewal"), kind), "opened_on": opened,
        "closed_on": _masked(closed, is_closed), "outcome": _words(("open", "lost", "won"), is_closed + 1 * won),
        "amount": _money(cents), "annual_value": _money(cents), "currency": CURRENCY,
    })  # fmt: skip
    deals = Deals(customer, closed, kind, won, cents, seller)
    _write_shares(rng, staff, deals, write)
    return deals


def _write_shares(rng: np.random.Generator, staff: Staff, deals: Deals, write: Any) -> None:
    """Won deals but renewals: one seller for seven tenths of them, two for the rest."""
    sold = np.flatnonzero(deals.won & (deals.kind < 2))
    shared = rng.random(len(sold)) < 0.3
    role = np.where(deals.kind[sold] == 1, 1, 0)
    first, size = (np.array([staff.of[name][0] for name in (SELLERS, EXPANDERS)]),
                   np.array([len(staff.of[name]) for name in (SELLERS, EXPANDERS)]))  # fmt: skip
    other = first[role] + (deals.seller[sold] - first[role] + 1) % size[role]
    write("deal_shares", {
        "deal_id": _ids("crm:D", np.concatenate([sold, sold[shared]])),
        "person_id": _people(np.concatenate([deals.seller[sold], other[shared]])),
        "role": _words((SELLERS, EXPANDERS), np.concatenate([role, role[shared]])),
        "share": pa.array(np.concatenate([np.where(shared, 0.6, 1.0), np.full(shared.sum(), 0.4)])),
        "overlay": pa.array(np.zeros(len(sold) + shared.sum(), dtype=bool)),
    })  # fmt: skip


def _write_quotas(rng: np.random.Generator, staff: Staff, deals: Deals, write: Any) -> None:
    """Each seller's quota for each quarter, about what a seller signs."""
    starts = [date(year, month, 1).toordinal() - EPOCH for year in (2024, 2025, 2026) for month in (1, 4, 7, 10)][:9]
    sellers = staff.of[SELLERS]
    signed = deals.cents[deals.won & (deals.kind == 0)].sum() / max(len(sellers) * 8, 1)
    target = np.round(signed * rng.uniform(0.6, 1.4, len(sellers) * 8) / 100_000) * 100_000 + 100_000
    write("quotas", {
        "person_id": _people(np.repeat(sellers, 8)), "team_id": "", "measure": "signed_annual_value",
        "from_on": np.tile(starts[:-1], len(sellers)), "to_on": np.tile(starts[1:], len(sellers)),
        "target": _money(target.astype(np.int64)), "currency": CURRENCY,
    })  # fmt: skip


def _write_contracts(rng: np.random.Generator, staff: Staff, deals: Deals, write: Any) -> None:
    """One for each won deal but renewals; an eighth leave early, of the terms that ended seven tenths are renewed."""
    sold = np.flatnonzero(deals.won & (deals.kind < 2))
    count = len(sold)
    starts = deals.closed[sold] + rng.integers(0, 10, count)
    leaves = rng.random(count) < 0.12
    ended = starts + rng.integers(15, 360, count)
    leaves &= ended <= _END
    renewed = np.flatnonzero(~leaves & (starts + 365 <= _END) & (rng.random(count) < 0.7))
    number = np.concatenate([np.arange(count), count + np.arange(len(renewed))])
    begins = np.concatenate([starts, starts[renewed] + 365])
    again = np.zeros(len(renewed), dtype=np.int64)
    left = np.concatenate([leaves, again.astype(bool)])
    origin = np.concatenate([np.arange(count), renewed])
    reason = rng.integers(0, 4, len(number))
    is_new = number < count
    write("contracts", {
        "contract_id": _ids("erp:K", number), "customer_id": _ids("crm:C", deals.customer[sold][origin]),
        "deal_id": _masked(_ids("crm:D", sold[origin]), is_new), "starts_on": begins, "ends_on": begins + 365,
        "annual_value": _money(deals.cents[sold][origin]), "currency": CURRENCY,
        "renews_id": _masked(_ids("erp:K", origin), ~is_new),
        "notice_on": _masked(np.concatenate([ended - 14, again]), left),
        "ended_on": _masked(np.concatenate([ended, again]), left),
        "end_reason": _masked(_words(("price", "service", "force_majeure", "went_elsewhere"), reason), left),
    })  # fmt: skip
    _write_milestones(rng, staff, deals.customer[sold], starts, write)


def _write_milestones(rng: np.random.Generator, staff: Staff, customer: Ints, starts: Ints, write: Any) -> None:
    """Four of each contract, one after the other; those that are still to come have a due day alone."""
    kinds = ("handed_over", "installed", "went_live", "first_value")
    count = len(starts)
    days = np.cumsum(rng.integers(1, 45, (count, 4)), axis=1)
    reached = (starts[:, None] + days) * A_DAY + rng.integers(0, A_DAY, (count, 4))
    contract = np.repeat(np.arange(count), 4)
    write("milestones", {
        "customer_id": _ids("crm:C", np.repeat(customer, 4)), "contract_id": _ids("erp:K", contract),
        "kind": _words(kinds, np.tile(np.arange(4), count)), "due_on": np.repeat(starts, 4) + 30 * np.tile([1, 2, 3, 4], count),
        "reached_at": _masked(reached.ravel(), (reached <= _END * A_DAY).ravel()),
        "person_id": _people(np.repeat(rng.choice(staff.of[LEADS], count), 4)),
    })  # fmt: skip


@dataclass(frozen=True)
class Tickets:
    """Cases: whose, and when they were solved (µs)."""

    customer: Ints
    solved: Ints


def _write_tickets(rng: np.random.Generator, staff: Staff, customers: int, write: Any) -> Tickets:
    """Eight of each customer, with three steps each; a twentieth is not solved."""
    count = customers * 8
    customer, rep = rng.integers(0, customers, count), rng.choice(staff.of[REPS], count)
    opened = rng.integers(_BEGIN * A_DAY, _END * A_DAY, count)
    replied = opened + rng.integers(600_000_000, 12 * AN_HOUR, count)
    solved = replied + (rng.exponential(40.0, count) * AN_HOUR).astype(np.int64) + AN_HOUR
    is_solved = (rng.random(count) < 0.95) & (solved <= _END * A_DAY)
    write("tickets", {
        "ticket_id": _ids("desk:T", np.arange(count)), "customer_id": _ids("crm:C", customer),
        "assignee_id": _people(rep), "team_id": _teams(np.full(count, 3), rep // 12), "opened_at": opened,
        "first_reply_at": _masked(replied, replied <= _END * A_DAY), "solved_at": _masked(solved, is_solved),
        "closed_at": _masked(solved + 48 * AN_HOUR, is_solved & (solved + 48 * AN_HOUR <= _END * A_DAY)),
        "due_at": opened + 72 * AN_HOUR, "priority": _words(("low", "normal", "high", "urgent"), rng.integers(0, 4, count)),
        "topic": _words(("billing", "login", "data", "speed", "report", "export", "other"), rng.integers(0, 7, count)),
        "reopens": (rng.random(count) < 0.08).astype(np.int64),
    })  # fmt: skip
    step = np.arange(3)
    at = opened[:, None] + (replied - opened)[:, None] * step // 2
    hands = staff.of[REPS][(rep[:, None] - staff.of[REPS][0] + rng.integers(0, 2, (count, 3))) % len(staff.of[REPS])]
    write("ticket_steps", {
        "ticket_id": _ids("desk:T", np.repeat(np.arange(count), 3)), "at": at.ravel(), "seq": np.tile(step, count),
        "person_id": _people(hands.ravel()), "team_id": _teams(np.full(count * 3, 3), hands.ravel() // 12),
        "status": _words(("new", "open", "waiting"), np.tile(step, count)),
    })  # fmt: skip
    return Tickets(customer, np.where(is_solved, solved, opened))


def _write_surveys(rng: np.random.Generator, customers: int, tickets: Tickets, write: Any) -> None:
    """Four of each customer about the whole, and one after each second case; not quite half are answered."""
    general = customers * 4
    asked = np.flatnonzero(np.arange(len(tickets.customer)) % 2 == 0)
    customer = np.concatenate([rng.integers(0, customers, general), tickets.customer[asked]])
    invited = np.concatenate([rng.integers(_BEGIN * A_DAY, _END * A_DAY, general), tickets.solved[asked] + AN_HOUR])
    kind = np.concatenate([rng.choice(3, general, p=(0.7, 0.2, 0.1)), np.full(len(asked), 3)])
    count = len(customer)
    answered = invited + rng.integers(AN_HOUR, 5 * A_DAY, count)
    is_answered = (rng.random(count) < 0.45) & (answered <= _END * A_DAY)
    most = np.array([10, 7, 5, 5])[kind]
    score = np.round(most * rng.beta(5, 2, count)).astype(np.int64)
    write("surveys", {
        "invitation_id": _ids("surveys:I", np.arange(count)), "customer_id": _ids("crm:C", customer),
        "kind": _words(("nps", "ces", "choose_again", "csat"), kind),
        "stage": _masked(_words(("use", "install", "use", "support"), kind), kind > 0), "invited_at": invited,
        "answered_at": _masked(answered, is_answered), "score": _masked(pa.array(score), is_answered),
        "scale_min": pa.array(np.where(kind == 0, 0, 1)), "scale_max": pa.array(most),
        "about": _masked(_ids("desk:T", np.concatenate([np.zeros(general, dtype=np.int64), asked])), kind == 3),
    })  # fmt: skip


def _write_touches(rng: np.random.Generator, staff: Staff, customers: int, write: Any) -> None:
    count = customers * 6
    kinds = ("lead", "meeting", "demo", "call", "email", "training", "save_attempt")
    write("touches", {
        "touch_id": _ids("crm:A", np.arange(count)), "customer_id": _ids("crm:C", rng.integers(0, customers, count)),
        "person_id": _people(rng.choice(staff.of[SELLERS], count)),
        "at": rng.integers(_BEGIN * A_DAY, _END * A_DAY, count), "channel": _words(("phone", "mail"), rng.integers(0, 2, count)),
        "kind": _words(kinds, rng.choice(7, count, p=(0.1, 0.25, 0.1, 0.25, 0.2, 0.07, 0.03))),
    })  # fmt: skip


def _write_promises(rng: np.random.Generator, staff: Staff, customers: int, write: Any) -> None:
    count = customers * 2
    made = rng.integers(_BEGIN, _END, count)
    kept = (made + rng.integers(5, 80, count)) * A_DAY
    write("promises", {
        "promise_id": _ids("crm:P", np.arange(count)), "customer_id": _ids("crm:C", rng.integers(0, customers, count)),
        "person_id": _people(rng.choice(staff.of[SELLERS], count)), "made_on": made, "due_on": made + 45,
        "kind": _words(("date", "feature", "price"), rng.integers(0, 3, count)),
        "kept_at": _masked(kept, (rng.random(count) < 0.8) & (kept <= _END * A_DAY)),
    })  # fmt: skip


def _table(name: str, columns: Columns) -> pa.Table:
    """The columns in the table's order and types; those not given are null, the stamps are made up."""
    schema = SNAPSHOT_TABLES[name].arrow
    count = max((len(column) for column in columns.values() if not isinstance(column, str)), default=0)
    stamps = {
        "source": name, "collect_id": "2026-01-01T00:00:00-1", "source_file": f"exports/{name}.csv",
        "known_at": pa.array(np.full(count, AS_OF), pa.timestamp("us")), "gone": pa.array(np.zeros(count, dtype=bool)),
        "source_row": np.arange(1, count + 1),
    }  # fmt: skip
    filled = {**stamps, **columns}
    return pa.table([_cast(filled.get(field.name), field.type, count) for field in schema], schema=schema)


def _cast(values: Any, kind: pa.DataType, count: int) -> Any:
    if values is None:
        return pa.nulls(count, kind)
    if isinstance(values, str):
        return pa.repeat(pa.scalar(values), count)
    if isinstance(values, np.ndarray):
        values = pa.array(values)
    if pa.types.is_date(kind) and pa.types.is_int64(values.type):
        values = values.cast(pa.int32())
    if pa.types.is_decimal(kind) and not pa.types.is_decimal(values.type):
        return values.cast(pa.float64()).cast(kind, safe=False)
    return values.cast(kind)


def _masked(values: Any, there: Flags) -> Any:
    """Null where it is not there."""
    return pc.if_else(pa.array(there), pa.array(values) if isinstance(values, np.ndarray) else values, None)


def _ids(prefix: str, numbers: Ints) -> Any:
    padded = pc.utf8_lpad(pa.array(numbers).cast(pa.string()), 8, "0")
    return pc.binary_join_element_wise(prefix, padded, "")


def _people(numbers: Ints) -> Any:
    return _ids("hr:P", numbers)


def _teams(role: Ints, number: Ints) -> Any:
    return pc.binary_join_element_wise(
        "hr:", pa.array(role).cast(pa.string()), pa.array(number).cast(pa.string()), "-T"
    )


def _words(words: tuple[str, ...], codes: npt.NDArray[Any]) -> Any:
    return pa.array(words).take(pa.array(codes.astype(np.int64)))


def _money(cents: Ints) -> Any:
    """DECIMAL(18, 4) of whole cents: 128 bits each, the low half first."""
    halves = np.empty((len(cents), 2), dtype=np.int64)
    halves[:, 0] = cents * 100
    halves[:, 1] = halves[:, 0] >> 63
    return pa.Array.from_buffers(pa.decimal128(18, 4), len(cents), [None, pa.py_buffer(halves)])


if __name__ == "__main__":
    write_snapshot(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
