"""Since which day is a change of value asked? The run's own tables where it valued customers on that day, or else computed anew."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, cast

from keepwell.cli.opened import Opened
from keepwell.cli.shell import Shell, day_said
from keepwell.core.errors import MissingError, UsageError

if TYPE_CHECKING:
    import pyarrow as pa

Span = tuple[date, date]
VALUES = ("value_moments", "customer_values", "equity_changes", "equity", "value_models", "order_histories")
CREDIT = (*VALUES, "credit_ledger", "credit_shares", "department_accounts")


def tables_since(opened: Opened, said: str | None, shell: Shell,
                 wanted: tuple[str, ...] = VALUES) -> tuple[Mapping[str, pa.Table], Span | None]:  # fmt: skip
    """The tables with that day among the moments, and from which day to which they tell; None: nothing is valued.

    Without a day it is the earliest moment that is kept: so every command tells of the same time. Raises `UsageError`,
    `MissingError` (`value-since`).
    """
    from keepwell.show.bridge import moments_since

    since = None if said is None else day_said("--since", said)
    if since is not None and since >= opened.run.today:
        raise UsageError("value-since", f"{since} is not before the run's day, {opened.run.today}")
    span = moments_since(opened.tables, since)
    if span is None or since is None or since in opened.tables["value_moments"]["at_on"].to_pylist():
        return opened.tables, span
    return _anew(opened, since, shell, wanted), span


def _anew(opened: Opened, since: date, shell: Shell, wanted: tuple[str, ...]) -> Mapping[str, pa.Table]:
    from keepwell.run import valued_since

    with shell.progress("valuing") as progress:
        found = valued_since(opened.project, opened.run, since, wanted, progress)
    if since not in found["value_moments"]["at_on"].to_pylist():
        raise MissingError("value-since", f"nothing had been bought before {since}", hint="a later day")
    return ChainMap(found, cast("dict[str, pa.Table]", opened.tables))
