"""Which rows cannot stand beside the others: a gap, a missing reference, an overlap, shares that do not add up?

Rows are judged together with what the record knows. A row that goes to quarantine may be the one that another needs, so
the checks are repeated until no new verdict falls.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from keepwell.collect.expressions import literal
from keepwell.collect.fold import Case, Target, add_verdicts, judge_rows, same_key, spread_verdicts
from keepwell.collect.stage import Stage
from keepwell.core.tables import Column, Table
from keepwell.record.tables import TABLES

TOLERANCE = "0.001"
_INTERVALS = (("from_on", "to_on"), ("starts_on", "ends_on"), ("hired_on", "left_on"))
_NOT_NEGATIVE = {
    "quotas": ("target",), "positions": ("fte", "target_pay"), "coverage": ("share",), "deal_shares": ("share",),
    "usage": ("active_users", "events", "seats"), "tickets": ("reopens", "reassignments"), "touches": ("minutes",),
    "exchange_rates": ("rate",), "contracts": ("annual_value",), "promises": ("weight",), "objectives": ("weight",),
}  # fmt: skip
_NOT_ITSELF = {"contracts": "renews_id"}
_NEGATIVE_CODES = {"quotas": "quota-negative"}
_FOREVER = date.max


class Known(Protocol):
    """What the checks ask of the record."""

    def relation_sql(self, table: str) -> str:
        """DuckDB SQL of a table's rows as known, with their stamps."""
        ...

    def current_keys(self, table: str) -> str:
        """DuckDB SQL of the keys that are there."""
        ...


@dataclass
class Checks:
    """All rows of one collect, ready to be judged together."""

    stage: Stage
    known: Known
    targets: Sequence[Target]
    complete: frozenset[int] = frozenset()
    _ids: set[str] = field(default_factory=set)
    _brought: set[str] = field(default_factory=set)

    def run(self) -> None:
        """Give every row that cannot stand its verdict."""
        for target in self.targets:
            spread_verdicts(self.stage, target)
            judge_rows(self.stage, target, target.name, list(_cases(target.table)))
        changed = {target.table.name for target in self.targets}
        first = True
        while changed:
            missing = set(self._check_references(changed, first))
            changed = missing | self._check_overlaps(changed | missing) | self._check_shares(changed | missing)
            first = False

    def _of(self, table: str) -> list[Target]:
        return [target for target in self.targets if target.table.name == table]

    # -- references ---------------------------------------------------------------------------------------------

    def _check_references(self, changed: set[str], first: bool) -> Iterator[str]:
        """Rows that name what is neither here nor in the record; gives the tables in which some were found."""
        for target in self.targets:
            for column in target.table.columns:
                named = column.references
                if named is None or column.name not in target.given or not (first or named in changed):
                    continue
                if self._judge_reference(target, column, named):
                    spread_verdicts(self.stage, target)
                    yield target.table.name

    def _judge_reference(self, target: Target, column: Column, to: str) -> int:
        self._load_known(to)
        key = _key_of(to)
        here = [f'SELECT "{key}" AS id FROM {other.good} AS h' for other in self._of(to)]
        there = " UNION ALL ".join([*here, f"SELECT id FROM known_{to}"])
        return add_verdicts(
            self.stage, target, "reference-missing", f"there is no such row in {to}",
            f'SELECT r.__id AS id, {literal(column.name)} AS column_name, r."{column.name}" AS value '
            f'FROM {target.good} AS r ANTI JOIN ({there}) AS t ON t.id = r."{column.name}" '
            f"""WHERE r."{column.name}" IS NOT NULL AND r."{column.name}" <> ''""",
        )  # fmt: skip

    def _load_known(self, table: str) -> None:
        if table not in self._ids:
            self._ids.add(table)
            self.stage.bring(
                f"known_{table}", f'SELECT "{_key_of(table)}" AS id FROM ({self.known.current_keys(table)}) AS k'
            )

    # -- rows beside each other ---------------------------------------------------------------------------------

    def _beside(self, table: str, columns: str, by: str) -> str:
        """The record's rows that stay as they are: neither replaced nor marked gone by this collect.

        Only those whose `by` is among the rows of this collect are brought here.
        """
        if table not in self._brought:
            self._brought.add(table)
            ours = " UNION ALL ".join(f'SELECT "{by}" FROM {target.name} AS t' for target in self._of(table))
            self.stage.bring(f"beside_{table}", f"SELECT * FROM ({self.known.relation_sql(table)}) AS k WHERE NOT gone",
                             f'SELECT b.* FROM __brought AS b SEMI JOIN ({ours}) AS o ON o."{by}" = b."{by}"')  # fmt: skip
        stays = []
        for target in self._of(table):
            same = same_key(target.table, "n", "k")
            mine = f"k.source = {literal(target.source)}"
            stays.append(f"NOT ({mine} AND EXISTS (SELECT 1 FROM {target.good} AS n WHERE {same}))")
            if target.number in self.complete:
                stays.append(f"NOT ({mine} AND NOT EXISTS (SELECT 1 FROM {target.name} AS n WHERE {same}))")
        return f"SELECT {columns} FROM beside_{table} AS k WHERE {' AND '.join(stays)}"

    def _check_overlaps(self, changed: set[str]) -> set[str]:
        """Positions of one person that overlap: what is known stands, then what begins first; the later is wrong."""
        if "positions" not in changed or not self._of("positions"):
            return set()
        columns = "person_id, from_on, to_on"
        union = [
            f"SELECT -1 AS target, CAST(-1 AS BIGINT) AS id, {columns} FROM ({self._beside('positions', columns, 'person_id')}) AS b"
        ]
        union += [f"SELECT {t.number}, __id, {columns} FROM {t.good} AS n" for t in self._of("positions")]
        rows = self.stage.con.execute(
            f"WITH rows AS ({' UNION ALL '.join(union)}), ends AS (SELECT person_id, from_on, max(coalesce(to_on, DATE "
            "'9999-12-31')) OVER (PARTITION BY person_id ORDER BY from_on ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)"
            " AS before FROM rows) SELECT * FROM rows SEMI JOIN (SELECT person_id FROM ends WHERE before > from_on) AS o "
            "ON o.person_id = rows.person_id ORDER BY person_id, target >= 0, from_on, target, id"
        ).fetchall()
        wrong = list(_overlapping(rows))
        for target in self._of("positions"):
            found = [(row, text) for number, row, text in wrong if number == target.number]
            if found:
                values = ", ".join(f"({row}, {literal(text)})" for row, text in found)
                add_verdicts(self.stage, target, "position-overlaps", "the person already has a position on these days",
                             f"SELECT id, 'from_on' AS column_name, value FROM (VALUES {values}) AS w(id, value)")  # fmt: skip
                spread_verdicts(self.stage, target)
        return {"positions"} if wrong else set()

    def _check_shares(self, changed: set[str]) -> set[str]:
        """Own shares of a deal that do not add up to the whole: which of them is wrong cannot be said, so all wait."""
        targets = self._of("deal_shares")
        if "deal_shares" not in changed or not targets:
            return set()
        columns = "deal_id, person_id, role, share, overlay"
        union = [f"SELECT {columns} FROM {target.good} AS n" for target in targets]
        touched = " UNION ".join(f"SELECT deal_id FROM {target.good} AS n" for target in targets)
        beside = self._beside("deal_shares", columns, "deal_id")
        union.append(f"SELECT {columns} FROM ({beside}) AS b SEMI JOIN ({touched}) AS t ON t.deal_id = b.deal_id")
        sums = (
            f"SELECT deal_id, sum(share) AS total FROM (SELECT deal_id, person_id, role, min(share) AS share FROM "
            f"({' UNION ALL '.join(union)}) AS u WHERE NOT coalesce(overlay, false) GROUP BY ALL) AS o GROUP BY deal_id "
            f"HAVING abs(sum(share) - 1) > {TOLERANCE}"
        )
        added = sum(
            add_verdicts(
                self.stage, target, "shares-do-not-add-up", "the own shares of the deal do not add up to 1",
                f"SELECT n.__id AS id, 'share' AS column_name, 'together ' || CAST(s.total AS VARCHAR) AS value "
                f"FROM {target.good} AS n JOIN ({sums}) AS s ON s.deal_id = n.deal_id",
            )
            for target in targets
        )  # fmt: skip
        return {"deal_shares"} if added else set()


def _cases(table: Table) -> Iterator[Case]:
    """What a row may not be by itself: without what it needs, backwards in time, below zero, following itself."""
    for column in table.columns:
        if column.required and not column.key:
            yield Case(f'"{column.name}" IS NULL', "required-missing", column.name, "CAST(NULL AS VARCHAR)",
                       f"{table.name} needs {column.name}")  # fmt: skip
    for begin, end in _INTERVALS:
        if begin in table.by_name and end in table.by_name:
            yield Case(f'"{end}" < "{begin}"', "interval-backwards", end, f"concat(\"{begin}\", ' to ', \"{end}\")",
                       f"{end} lies before {begin}")  # fmt: skip
    if table.name in _NOT_ITSELF:
        own, key = _NOT_ITSELF[table.name], table.key[0]
        yield Case(f'"{own}" = "{key}"', "names-itself", own, f'"{own}"', f"{own} is the row's own {key}")
    code = _NEGATIVE_CODES.get(table.name, "value-negative")
    for name in _NOT_NEGATIVE.get(table.name, ()):
        if name in table.by_name:
            yield Case(f'"{name}" < 0', code, name, f'CAST("{name}" AS VARCHAR)', f"{name} cannot be below zero")


def _key_of(table: str) -> str:
    return TABLES[table].key[0]


def _overlapping(rows: Sequence[tuple[int, int, str, date, date | None]]) -> Iterator[tuple[int, int, str]]:
    """Of each person's rows, in order, those that overlap one that was accepted before: target, row, the days."""
    accepted: list[tuple[date, date]] = []
    person = None
    for target, row, of_person, from_on, to_on in rows:
        if of_person != person:
            person, accepted = of_person, []
        end = to_on or _FOREVER
        clash = next((a for a in accepted if a[0] != from_on and a[0] < end and from_on < a[1] and from_on < end), None)
        if clash is None:
            accepted.append((from_on, end))
        elif target >= 0:
            known = f"{clash[0]} to {clash[1] if clash[1] != _FOREVER else 'now'}"
            yield target, row, f"{from_on} to {to_on or 'now'}, beside {known}"
