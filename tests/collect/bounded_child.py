"""Collect a project and print the most memory that the process ever held, in MB: run by `test_bounded.py`."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from keepwell.collect import collect
from keepwell.project.config import read_project
from peak import peak_mb

if __name__ == "__main__":
    report = collect(read_project(Path(sys.argv[1])))
    new = sum(table.new for table in report.tables)
    sys.stdout.write(f"{new} {peak_mb()}\n")
