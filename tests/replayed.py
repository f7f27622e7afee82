"""Closing a period at once, by nobody in particular, with the lines of a run: to replay a history."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pyarrow as pa

from keepwell.books import PeriodState, close_at_once, proposal
from keepwell.core.periods import Period


def close_periods(
    books: Path,
    period: Period,
    run_id: str,
    lines: pa.Table,
    today: date,
    at: datetime,
    *,
    evidence: pa.Table | None = None,
    dry_run: bool = False,
) -> PeriodState:
    """Close `period`, and all before it, with the `pay_lines` and `evidence_to_settle` of a run."""
    return close_at_once(books, proposal(period, run_id, today, lines, evidence=evidence), "", at, dry_run=dry_run)
