"""The books: what people have decided. Which periods are closed, and with which lines; who accepted which plan; what was
adjusted by hand. A chain of decisions that only grows (`chain`), in one SQLite file (`store`).
"""

from keepwell.books.closing import (
    PeriodState,
    approve,
    books_head,
    calculate,
    close,
    close_at_once,
    period_state,
)
from keepwell.books.deciding import accept, adjust, settled_tables
from keepwell.books.lines import Proposal, proposal
from keepwell.books.store import books_of

__all__ = ["PeriodState", "Proposal", "accept", "adjust", "approve", "books_head", "books_of", "calculate", "close", "close_at_once",
           "period_state", "proposal", "settled_tables"]  # fmt: skip
