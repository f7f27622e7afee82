"""What was each person, from when to when: raises, changes of team, leave, and who managed them?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from keepwell.demo.people import GROUPS, ROLES, SEGMENTS, Holdings, Seats
from keepwell.demo.settings import NEVER, NOBODY, Ints, Settings

UNCHANGED, RAISED, MOVED, AWAY = range(4)


@dataclass(frozen=True)
class Positions:
    """Half-open intervals of what a person was; `fte` in percent (0: on leave), `pay` variable per year in EUR."""

    person: Ints
    from_on: Ints
    to_on: Ints
    seat: Ints
    team: Ints
    manager: Ints
    fte: Ints
    pay: Ints


def draw_positions(holdings: Holdings, seats: Seats, protected: Ints, settings: Settings) -> Positions:
    """Each holding of a seat, cut where something changed within it."""
    dice = settings.dice("positions")
    count = len(holdings.seat)
    change, cut, back = _changes(holdings, seats, protected, settings, dice)
    team = seats.team[holdings.seat]
    pay = seats.pay[holdings.seat]
    full = np.full(count, 100)
    fte = np.where(dice.random(count) < 0.08, 80, full)
    first_end = np.where(change == UNCHANGED, holdings.to_on, cut)
    second_end = np.where(change == AWAY, back, holdings.to_on)
    second, third = change != UNCHANGED, change == AWAY
    row = np.concatenate([np.arange(count), np.flatnonzero(second), np.flatnonzero(third)])
    from_on = np.concatenate([holdings.from_on, cut[second], back[third]])
    to_on = np.concatenate([first_end, second_end[second], holdings.to_on[third]])
    part = np.repeat([0, 1, 2], [count, int(second.sum()), int(third.sum())])
    moved_team = np.where((change[row] == MOVED) & (part == 1), _other_team(seats)[team[row]], team[row])
    raised = np.where((change[row] == RAISED) & (part == 1), pay[row] * 115 // 100, pay[row])
    present = np.where((change[row] == AWAY) & (part == 1), 0, fte[row])
    manager = _manager(holdings, seats, holdings.seat[row], moved_team, from_on)
    order = np.lexsort((from_on, holdings.person[row]))
    columns = (holdings.person[row], from_on, to_on, holdings.seat[row], moved_team, manager, present, raised)
    return Positions(*(column[order] for column in columns))


def leaves_of(positions: Positions) -> list[tuple[int, int, int]]:
    """Each leave: the person, its first day and the first day after it."""
    rows = np.flatnonzero(positions.fte == 0)
    return [(int(positions.person[row]), int(positions.from_on[row]), int(positions.to_on[row])) for row in rows]


def role_names(positions: Positions, seats: Seats) -> list[str]:
    """The role of each position, in words."""
    return [ROLES[code] for code in seats.role[positions.seat]]


def segment_names(positions: Positions, seats: Seats) -> list[str | None]:
    """The segment of each position, in words; none for who works for all."""
    return [None if code == NOBODY else SEGMENTS[code] for code in seats.segment[positions.seat]]


def _changes(holdings: Holdings, seats: Seats, protected: Ints, settings: Settings, dice: np.random.Generator
             ) -> tuple[Ints, Ints, Ints]:  # fmt: skip
    """What changes in each holding, when, and when a leave ends; only where there is time for it."""
    count = len(holdings.seat)
    start = np.maximum(holdings.from_on, settings.start) + 60
    stop = np.minimum(holdings.to_on, settings.end) - 170
    cut = start + (dice.random(count) * np.maximum(stop - start, 0)).astype(np.int64)
    back = cut + dice.integers(95, 160, count)
    kinds = np.array([UNCHANGED, RAISED, MOVED, AWAY])
    change = dice.choice(kinds, count, p=[0.62, 0.20, 0.10, 0.08])
    cannot_move = _other_team(seats)[seats.team[holdings.seat]] == seats.team[holdings.seat]
    change = np.where((change == MOVED) & cannot_move, RAISED, change)
    customer_facing = np.isin(seats.role[holdings.seat], [ROLES.index(group.role) for group in GROUPS[2:]])
    change = np.where((change == AWAY) & ~customer_facing, UNCHANGED, change)
    change[(stop <= start) | np.isin(holdings.seat, protected)] = UNCHANGED
    cut = np.where(change == RAISED, cut - (cut - settings.start) % 7, cut)
    return (
        change,
        np.maximum(cut, holdings.from_on + 1),
        np.minimum(back, np.where(holdings.to_on < NEVER, holdings.to_on - 1, back)),
    )


def _other_team(seats: Seats) -> Ints:
    """For each team another one of the same department in which people of the same role work; itself if none."""
    other = np.arange(len(seats.team_names))
    for role in np.unique(seats.role):
        teams = np.unique(seats.team[seats.role == role])
        for department in {seats.team_departments[team] for team in teams}:
            of_kind = [int(team) for team in teams if seats.team_departments[team] == department]
            same_segment = {int(seats.segment[np.flatnonzero(seats.team == team)[0]]) for team in of_kind}
            if len(of_kind) > 1 and len(same_segment) == 1:
                other[of_kind] = np.roll(of_kind, 1)
    return other


def _manager(holdings: Holdings, seats: Seats, seat: Ints, team: Ints, day: Ints) -> Ints:
    """Who leads the team on that day: the holder of the seat to which the team's seats report, never oneself."""
    leader_seat = np.full(len(seats.team_names), NOBODY)
    for number in range(len(seats.team_names)):
        members = np.flatnonzero(seats.team == number)
        leader_seat[number] = seats.boss[members[-1]]
    boss = np.where(team == seats.team[seat], seats.boss[seat], leader_seat[team])
    day = np.maximum(day, holdings.from_on[0])
    held = holdings.holder(boss, day)
    first = np.full(len(seats.role), NOBODY)
    first[holdings.seat[::-1]] = holdings.person[::-1]
    return np.where((held == NOBODY) & (boss != NOBODY), first[boss], held)
