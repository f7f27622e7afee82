"""Who works here, on which seat, from when to when, and how does each person truly work?

A *seat* is a place in the chart (an account executive for mid-market, a service rep); persons hold it one after the
other, sometimes with a gap in which its customers stand without anybody, sometimes with a stand-in. Customers belong
to seats; who stood behind a customer on a day is who held the seat then.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from keepwell.demo.settings import NEVER, NOBODY, Ints, Reals, Settings

SEGMENTS = ("enterprise", "mid-market", "small")


@dataclass(frozen=True)
class Group:
    """Seats of one kind: `per_thousand` customers, at least `least`, in teams of `team_size`; `pay` per year, EUR."""

    role: str
    segment: int
    department: str
    team: str
    per_thousand: float
    least: int
    pay: int
    managed_by: str = ""
    team_size: int = 8


GROUPS = (
    Group("chief_executive", NOBODY, "other", "Acme", 0, 1, 0),
    Group("head_of_sales", NOBODY, "sales", "Sales", 0, 1, 60_000),
    Group("account_executive", 0, "sales", "Sales Enterprise", 6, 1, 48_000, "sales_manager"),
    Group("account_executive", 1, "sales", "Sales Mid-market", 6, 2, 48_000, "sales_manager"),
    Group("account_executive", 2, "sales", "Sales Small", 8, 1, 32_000, "sales_manager"),
    Group("sales_development", NOBODY, "sales", "Sales Development", 4, 1, 14_000),
    Group("solution_engineer", NOBODY, "sales", "Solutions", 4, 1, 20_000),
    Group("marketing_specialist", NOBODY, "marketing", "Marketing", 4, 1, 8_000, "marketing_manager"),
    Group("delivery_lead", NOBODY, "delivery", "Delivery", 8, 1, 16_000, "delivery_manager"),
    Group("customer_success_manager", NOBODY, "success", "Success", 10, 1, 20_000, "success_manager"),
    Group("service_rep", NOBODY, "support", "Support Product", 10, 1, 6_000, "support_manager"),
    Group("service_rep", NOBODY, "support", "Support Billing", 6, 1, 6_000, "support_manager"),
    Group("product_manager", NOBODY, "product", "Product", 2, 1, 10_000),
    Group("controller", NOBODY, "finance", "Finance", 1, 1, 8_000),
)
MANAGER_PAY = {"sales_manager": 40_000, "marketing_manager": 16_000, "delivery_manager": 20_000,
               "success_manager": 24_000, "support_manager": 14_000}  # fmt: skip
ROLES = tuple(dict.fromkeys([*(group.role for group in GROUPS), *MANAGER_PAY]))
DEPARTMENTS = ("other", "sales", "marketing", "delivery", "success", "support", "product", "finance")
ROLE = {role: code for code, role in enumerate(ROLES)}


@dataclass(frozen=True)
class Seats:
    """The chart: role, segment, team, yearly pay of each seat, and the seat it reports to (or `NOBODY`)."""

    role: Ints
    segment: Ints
    team: Ints
    pay: Ints
    boss: Ints
    team_names: tuple[str, ...]
    team_departments: tuple[str, ...]
    team_parents: tuple[int, ...]

    def of(self, role: str, segment: int | None = None) -> Ints:
        """The seats of a role (in a segment)."""
        fits = self.role == ROLE[role]
        return np.flatnonzero(fits if segment is None else fits & (self.segment == segment))


@dataclass(frozen=True)
class Holdings:
    """Who held which seat, half-open intervals of days, ordered by seat and day; no two of a seat overlap."""

    seat: Ints
    person: Ints
    from_on: Ints
    to_on: Ints

    def holder(self, seat: Ints, day: Ints) -> Ints:
        """The person on the seat on that day, `NOBODY` in a gap or where there is no seat."""
        at = self._row(seat, day)
        here = np.maximum(at, 0)
        held = (at >= 0) & (self.seat[here] == seat) & (day < self.to_on[here]) & (seat >= 0)
        return np.where(held, self.person[here], NOBODY)

    def holder_or_boss(self, seat: Ints, day: Ints, boss: Ints) -> Ints:
        """The person on the seat on that day; in a gap the one whom the seat reports to."""
        person = self.holder(seat, day)
        return np.where(person == NOBODY, self.holder(boss[seat], day), person)

    def _row(self, seat: Ints, day: Ints) -> Ints:
        key = self.seat * (2 * NEVER) + self.from_on + NEVER // 2
        return np.searchsorted(key, seat * (2 * NEVER) + day + NEVER // 2, side="right") - 1


@dataclass(frozen=True)
class People:
    """Persons by number: when hired and left, the seat of their first position, and how they truly work.

    `overpromising` multiplies the number of promises (1 = usual); `rushing` is the chance that a deal is pulled into
    the last two weeks of the quarter; `care` the log-odds of a proper hand-over; `slowness` the log of the factor on
    installation (delivery) or solving (service) times; `warmth` adds to the mood of customers, in standard deviations;
    `hazard` to the log of the monthly hazard of leaving of the customers one stands behind.
    """

    hired: Ints
    left: Ints
    seat: Ints
    overpromising: Reals
    rushing: Reals
    care: Reals
    slowness: Reals
    warmth: Reals
    hazard: Reals

    def __len__(self) -> int:
        """How many there are."""
        return len(self.hired)


def draw_seats(settings: Settings) -> Seats:
    """The chart of a company of this size: seats in teams, managers above them, a chief executive above all."""
    chart = _Chart()
    for group in GROUPS:
        count = max(group.least, round(settings.customers * group.per_thousand / 1000))
        chart.add(group, count)
    return chart.seats()


class _Chart:
    """Lays seats one behind the other; only `draw_seats` uses it."""

    def __init__(self) -> None:
        self.rows: list[tuple[int, int, int, int, int]] = []  # role, segment, team, pay, boss
        self.teams: list[tuple[str, str, int]] = []
        self.heads: dict[str, tuple[int, int]] = {}  # department → its first team and that team's first seat

    def add(self, group: Group, count: int) -> None:
        chief = 0 if self.rows else NOBODY
        top_team, top_seat = self.heads.get(group.department, (0 if self.teams else NOBODY, chief))
        teams = -(-count // group.team_size)
        for number in range(teams):
            name = group.team if teams == 1 else f"{group.team} {number + 1}"
            team = len(self.teams)
            self.teams.append((name, group.department, top_team))
            self.heads.setdefault(group.department, (team, len(self.rows)))
            boss = top_seat
            if group.managed_by:
                pay = MANAGER_PAY[group.managed_by]
                self.rows.append((ROLE[group.managed_by], group.segment, team, pay, top_seat))
                boss = len(self.rows) - 1
            members = count // teams + (number < count % teams)
            self.rows += [(ROLE[group.role], group.segment, team, group.pay, boss)] * members

    def seats(self) -> Seats:
        role, segment, team, pay, boss = (np.array(column, dtype=np.int64) for column in zip(*self.rows, strict=True))
        names, departments, parents = zip(*self.teams, strict=True)
        return Seats(role, segment, team, pay, boss, names, departments, parents)


def draw_people(settings: Settings, seats: Seats, protected: Ints) -> tuple[People, Holdings]:
    """Who holds the seats over time; the `protected` seats keep their holder for the whole story."""
    dice = settings.dice("people")
    count = len(seats.role)
    first_hired = settings.start - 430 - dice.integers(0, 2000, count)
    left, gap = _departures(settings, seats, protected, dice)
    followed = left + gap < settings.end - 20
    promoted = _promotion(settings, seats)
    if promoted is not None:
        left, gap, followed = _make_room(promoted, left, gap, followed)
    successors = np.flatnonzero(followed & (left < NEVER))
    starts = (left + gap)[successors]
    hired = np.concatenate([first_hired, starts])
    seat = np.concatenate([np.arange(count), successors])
    to_on = np.concatenate([left, np.full(len(successors), NEVER)])
    people_left = to_on.copy()
    person = np.arange(len(seat))
    from_on = hired.copy()
    if promoted is not None:
        person, people_left, hired, seat = _promote(promoted, person, people_left, hired, seat, from_on)
    effects = _draw_effects(len(hired), settings)
    people = People(hired, people_left, _first_seats(person, seat, from_on, len(hired)), *effects)
    return people, _in_order(seat, person, from_on, to_on)


def with_stand_ins(holdings: Holdings, seats: Seats, leaves: list[tuple[int, int, int]]) -> Holdings:
    """While a person is away `(person, from, to)`, another one of the same role holds the seat beside their own."""
    seat, person, from_on, to_on = holdings.seat, holdings.person, holdings.from_on, holdings.to_on
    for away, start, stop in leaves:
        row = int(np.flatnonzero((person == away) & (from_on <= start) & (to_on >= stop))[0])
        others = np.flatnonzero(
            (seats.role[seat] == seats.role[seat[row]]) & (person != away) & (from_on <= start) & (to_on >= stop)
        )
        substitute = person[others[:1]] if len(others) else np.array([NOBODY])
        seat = np.concatenate([seat, np.repeat(seat[row], 2)])
        person = np.concatenate([person, substitute, [away]])
        from_on = np.concatenate([from_on, [start, stop]])
        to_on = np.concatenate([to_on, [stop, to_on[row]]])
        to_on[row] = start
    real = person != NOBODY
    return _in_order(seat[real], person[real], from_on[real], to_on[real])


def _departures(settings: Settings, seats: Seats, protected: Ints, dice: np.random.Generator) -> tuple[Ints, Ints]:
    count = len(seats.role)
    chance = 1 - np.exp(-0.13 * settings.months / 12)
    leads = np.isin(seats.role, [ROLE[role] for role in (*MANAGER_PAY, "chief_executive", "head_of_sales")])
    leaves = (dice.random(count) < chance) & ~leads
    leaves[protected] = False
    span = max(settings.end - settings.start - 60, 1)
    day = settings.start + 30 + dice.integers(0, span, count)
    gap = dice.integers(0, 75, count) * (dice.random(count) < 0.75)  # a quarter is replaced without a gap
    return np.where(leaves, day, NEVER), gap


def _promotion(settings: Settings, seats: Seats) -> tuple[int, int, int] | None:
    """A development rep who becomes a seller for small customers: (seat left, seat taken, day)."""
    reps, small = seats.of("sales_development"), seats.of("account_executive", 2)
    if settings.months < 12 or len(small) < 2 or len(reps) == 0:
        return None
    day = (settings.start + settings.end) // 2
    return int(reps[0]), int(small[-1]), int(day - day % 7)


def _make_room(
    promoted: tuple[int, int, int], left: Ints, gap: Ints, followed: np.ndarray
) -> tuple[Ints, Ints, np.ndarray]:
    seat_left, seat_taken, day = promoted
    left, gap, followed = left.copy(), gap.copy(), followed.copy()
    left[seat_left], gap[seat_left], followed[seat_left] = day, 30, True
    left[seat_taken], gap[seat_taken], followed[seat_taken] = day - 20, 20, True
    return left, gap, followed


def _promote(promoted: tuple[int, int, int], person: Ints, left: Ints, hired: Ints, seat: Ints, from_on: Ints
             ) -> tuple[Ints, Ints, Ints, Ints]:  # fmt: skip
    """The successor on the seat taken is no new hire, but who held the seat left: that person's number stands in."""
    seat_left, seat_taken, day = promoted
    first = int(np.flatnonzero((seat == seat_left) & (from_on < day))[0])
    second = int(np.flatnonzero((seat == seat_taken) & (from_on == day))[0])
    person = person.copy()
    person[second] = first
    person[second + 1 :] -= 1  # numbers stay without a hole
    left = left.copy()
    left[first] = NEVER
    return person, np.delete(left, second), np.delete(hired, second), seat


def _draw_effects(count: int, settings: Settings) -> tuple[Reals, Reals, Reals, Reals, Reals, Reals]:
    dice = settings.dice("effects")
    return (
        np.exp(0.35 * dice.standard_normal(count)),
        dice.beta(3.0, 9.0, count),
        1.6 + 0.8 * dice.standard_normal(count),
        0.18 * dice.standard_normal(count),
        0.30 * dice.standard_normal(count),
        0.20 * dice.standard_normal(count),
    )


def _first_seats(person: Ints, seat: Ints, from_on: Ints, count: int) -> Ints:
    order = np.lexsort((from_on, person))
    _, at = np.unique(person[order], return_index=True)
    first = seat[order][at]
    return np.asarray(first[:count])


def _in_order(seat: Ints, person: Ints, from_on: Ints, to_on: Ints) -> Holdings:
    order = np.lexsort((from_on, seat))
    return Holdings(seat[order], person[order], from_on[order], to_on[order])
