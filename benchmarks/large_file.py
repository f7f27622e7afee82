"""A project whose one source is a large CSV file of touches, with rows of about 180 bytes: `large_file.py FOLDER ROWS`."""

from __future__ import annotations

import sys
from pathlib import Path

CHUNK = 100_000
_COMPANY = "company: Large\ncurrency: EUR\ntime_zone: Europe/Paris\nsources: [crm]\n"
_SOURCE = """\
source: crm
files:
  - reads: exports/accounts.csv
    becomes:
      customers:
        customer_id: id
  - reads: exports/activities.csv
    becomes:
      touches:
        touch_id: id
        customer_id: account
        at: happened_at
        channel: channel
        kind: kind
        minutes: minutes
        text: subject
"""
_WORDS = (
    "we talked about the new release and what is still missing before it can be rolled out to the other three sites "
)


def write_project(folder: Path, rows: int) -> int:
    """Write it. How many bytes has the file?"""
    for name in ("sources", "exports"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "keepwell.yaml").write_text(_COMPANY, encoding="utf-8")
    (folder / "sources" / "crm.yaml").write_text(_SOURCE, encoding="utf-8")
    accounts = max(rows // 100, 1)
    ids = "".join(f"A{number:07d}\n" for number in range(accounts))
    (folder / "exports" / "accounts.csv").write_text(f"id\n{ids}", encoding="utf-8")
    file = folder / "exports" / "activities.csv"
    with file.open("w", encoding="utf-8") as out:
        out.write("id,account,happened_at,channel,kind,minutes,subject\n")
        for first in range(0, rows, CHUNK):
            out.write("".join(map(_row, range(first, min(first + CHUNK, rows)), [accounts] * CHUNK)))
    return file.stat().st_size


def _row(number: int, accounts: int) -> str:
    kind = ("call", "email", "meeting", "demo")[number % 4]
    day, month, minute = number % 28 + 1, number % 12 + 1, number % 60
    return (f"T{number:08d},A{number * 7919 % accounts:07d},2025-{month:02d}-{day:02d} 1{number % 10}:{minute:02d}:00,"
            f"{'phone' if number % 2 else 'mail'},{kind},{minute},{_WORDS}{number}\n")  # fmt: skip


if __name__ == "__main__":
    write_project(Path(sys.argv[1]), int(sys.argv[2]))
