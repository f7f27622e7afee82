"""The books: what people have decided. Which settlement periods are closed, and with which lines."""

from keepwell.books.closing import Closed, close_periods
from keepwell.books.store import books_of, settled_tables

__all__ = ["Closed", "books_of", "close_periods", "settled_tables"]
