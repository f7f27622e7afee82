"""How is a number, a day or a name written, everywhere the same?

Every screen, page and file writes its figures through this module. Minus is `−`, an absent value is `–`, and text that
comes from outside is freed of what could steer a terminal or turn the line around before it is shown.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from keepwell.core.money import round_money

Number = Decimal | float | int
Unit = Literal["points", "share", "days", "hours", "times", "number", "money"]

NONE = "–"
MINUS = "−"
_SYMBOLS = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥", "INR": "₹"}
_SPACES = re.compile(r"[^\S\u00a0]+")
_TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def money(amount: Decimal | None, currency: str = "", *, cents: bool = True, sign: bool = False) -> str:
    r"""An amount with its currency and thousands.

    >>> money(Decimal("-1234.5"), "EUR"), money(Decimal("71699.9"), "CHF", cents=False), money(None)
    ('−€1,234.50', 'CHF\xa071,700', '–')
    """
    if amount is None:
        return NONE
    rounded = round_money(amount, Decimal("0.01") if cents else Decimal(1))
    body = f"{abs(rounded):,}"
    mark = _SYMBOLS.get(currency) or (f"{currency}\u00a0" if currency else "")
    return f"{_sign(rounded, plus=sign)}{mark}{body}"


def thousands(amounts: Iterable[Decimal]) -> int:
    """In which unit are the amounts of a table written: 1000 where millions would make it too wide, otherwise 1?"""
    return 1000 if max((abs(amount) for amount in amounts), default=Decimal(0)) >= 1_000_000 else 1


def in_thousands(amount: Decimal | None, unit: int, *, sign: bool = True) -> str:
    """A whole amount in that unit, without its currency; nought is not written.

    >>> in_thousands(Decimal("-1234567"), 1000), in_thousands(Decimal("12.5"), 1), in_thousands(Decimal("0.1"), 1)
    ('−1,235', '+12', '0')
    """
    if not amount:
        return ""
    whole = round(amount / unit)
    return f"{_sign(whole, plus=sign)}{abs(whole):,}"


def plain(value: Number | None, digits: int = 1) -> str:
    """A number with thousands and at most `digits` decimals.

    >>> plain(1234.0), plain(-0.25), plain(0.04)
    ('1,234', '−0.2', '0')
    """
    if value is None or value != value:  # noqa: PLR0124 - only NaN differs from itself
        return NONE
    body = f"{abs(value):,.{digits}f}"
    if "." in body:
        body = body.rstrip("0").rstrip(".")
    return body if body == "0" else f"{_sign(value)}{body}"


def share(value: Number | None, digits: int = 1) -> str:
    """A part of one, as a percentage.

    >>> share(0.912), share(Decimal("1.2")), share(0.6342, 0)
    ('91.2%', '120%', '63%')
    """
    return NONE if value is None or value != value else f"{plain(value * 100, digits)}%"  # noqa: PLR0124


def points(value: Number | None) -> str:
    """A score in points from −100 to 100, such as NPS."""
    return plain(value, 1)


def hours(value: Number | None) -> str:
    """A time in hours, in days where that is longer than two.

    >>> hours(1), hours(5.25), hours(72)
    ('1 hour', '5.2 hours', '3 days')
    """
    if value is not None and value > 48:
        return days(value / 24)
    written = plain(value, 1)
    return written if written == NONE else f"{written} {'hour' if written == '1' else 'hours'}"


def days(value: Number | None) -> str:
    """A time in days, with the word.

    >>> days(1), days(33.5)
    ('1 day', '33.5 days')
    """
    written = plain(value, 1)
    return written if written == NONE else f"{written} {'day' if written == '1' else 'days'}"


def in_unit(value: Number | None, unit: str, currency: str = "") -> str:
    """A value of a measure, in the measure's unit."""
    if unit == "share":
        return share(value)
    if unit == "days":
        return days(value)
    if unit == "hours":
        return hours(value)
    if unit == "money" and value is not None:
        return money(Decimal(str(value)), currency, cents=False)
    return plain(value, 2 if unit in {"number", "times"} else 1)


def interval(low: Number | None, high: Number | None, unit: str, currency: str = "") -> str:
    """`[low–high]` in the measure's unit, without the word for time where both have the same.

    >>> interval(0.68, 0.741, "share"), interval(-3, 12, "points"), interval(20, 31, "days")
    ('[68%–74.1%]', '[−3 to 12]', '[20–31]')
    """
    if low is None or high is None or low != low or high != high:  # noqa: PLR0124 - only NaN differs from itself
        return ""
    ends = [in_unit(end, unit, currency) for end in (low, high)]
    if unit in {"days", "hours"} and ends[0].split(" ")[1][0] == ends[1].split(" ")[1][0]:
        ends = [end.split(" ")[0] for end in ends]
    return f"[{joined(low, *ends)}]"


def joined(low: Number, first: str, last: str) -> str:
    """The two ends of an interval: with `to` where the lower one is below nought, so that no minus stands beside the dash."""
    return f"{first}{' to ' if low < 0 else '–'}{last}"


def between(low: Decimal, high: Decimal, currency: str) -> str:
    """An interval of whole amounts.

    >>> between(Decimal(5), Decimal("1200.4"), "EUR"), between(Decimal(-5), Decimal(-2), "EUR")
    ('€5–€1,200', '−€5 to −€2')
    """
    return joined(low, *(money(end, currency, cents=False) for end in (low, high)))


def count(number: int, one: str, many: str | None = None) -> str:
    """A number of things.

    >>> count(1, "answer"), count(1200, "answer"), count(2, "promise is", "promises are")
    ('1 answer', '1,200 answers', '2 promises are')
    """
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def day(on: date | datetime | None) -> str:
    """A day, without a year to guess at.

    >>> day(date(2026, 10, 3))
    '3 Oct 2026'
    """
    return NONE if on is None else f"{on.day} {on:%b} {on.year}"


def day_of_year(on: date) -> str:
    """A day where the year is clear.

    >>> day_of_year(date(2026, 10, 3))
    '3 Oct'
    """
    return f"{on.day} {on:%b}"


def period(name: str) -> str:
    """The name of a period as people say it.

    >>> period("2026-Q3"), period("2026-10"), period("2026")
    ('Q3 2026', 'October 2026', '2026')
    """
    year, _, rest = name.partition("-")
    if rest.startswith("Q"):
        return f"{rest} {year}"
    if rest.isdigit() and 1 <= int(rest) <= 12:
        return f"{date(2000, int(rest), 1):%B} {year}"
    return name


def words(slug: str) -> str:
    """A name of the machine's, as words with a capital: `went_live` is `Went live`.

    >>> words("customer_outcome"), words("it")
    ('Customer outcome', 'IT')
    """
    if slug == "it":  # the department
        return "IT"
    spaced = clean(slug).replace("_", " ").replace("-", " ").strip()
    return spaced[:1].upper() + spaced[1:]


def listed(things: Iterable[str]) -> str:
    """Several things in a sentence.

    >>> listed(["a", "b", "c"])
    'a, b and c'
    """
    items = list(things)
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}" if items else ""


def clean(text: str) -> str:
    r"""Text from outside in one line, without control characters and marks that turn the direction of writing.

    >>> clean("Ann\x1b[31m\n\u202eevil")
    'Ann[31m evil'
    """
    return harmless(_SPACES.sub(" ", text)).strip(" ")


def harmless(text: str) -> str:
    """The text without control characters and marks that turn the direction of writing; its spaces stay."""
    return "".join(c for c in text if c not in _TURNING and (c == "\n" or not unicodedata.category(c).startswith("C")))


def shorten(text: str, width: int) -> str:
    """The text in at most `width` characters, with `…` where something is left out."""
    return text if len(text) <= width else f"{text[: max(width - 1, 0)].rstrip()}…"


def _sign(value: Number, *, plus: bool = False) -> str:
    if value < 0:
        return MINUS
    return "+" if plus and value > 0 else ""
