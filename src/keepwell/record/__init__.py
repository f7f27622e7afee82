"""The record: facts about customers and people, each with the day it happened and the day we learned it."""

from keepwell.record.commit import Commit
from keepwell.record.snapshot import SNAPSHOT_TABLES, Snapshot, add_record
from keepwell.record.store import Collect, Counts, Record
from keepwell.record.tables import STAMPS, TABLES

__all__ = [
    "SNAPSHOT_TABLES", "STAMPS", "TABLES", "Collect", "Commit", "Counts", "Record", "Snapshot", "add_record",
]  # fmt: skip
